import type { IncomingMessage } from 'node:http';
import { ApiError } from './endpoint.ts';

export const bodyLimitBytes = 64 * 1024;
/** A longer body is read to its end up to here, so that its sender gets to read the refusal. */
const patienceBytes = 16 * bodyLimitBytes;

/** The body's JSON; `undefined` for none. Rejects with an `ApiError`, or when the client goes. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    throw new ApiError(400, `the body is not JSON: ${reason}`);
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new Error('a body is read as bytes');
    length += chunk.length;
    if (length > patienceBytes) break;
    if (length <= bodyLimitBytes) chunks.push(chunk);
  }
  if (length > bodyLimitBytes) {
    throw new ApiError(413, `the body is longer than ${bodyLimitBytes} bytes`);
  }
  return Buffer.concat(chunks);
}
