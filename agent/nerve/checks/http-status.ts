import { Buffer } from 'node:buffer';
import { connect, isIPv6 } from 'node:net';
import { createHttpAnswer } from './http-answer.ts';
import type { HttpCheckDefinition } from './http-definition.ts';
import { createPhaseTimer } from './phase-timer.ts';

/** Where every answer is read into: what is in it has been taken before anybody else reads. */
const buffer = Buffer.allocUnsafeSlow(4_096);

/**
 * Asks over plain HTTP/1.1 on a connection of its own for the status of the whole answer, whose
 * body nobody looks at. Most checks are of this kind: `node:http` would take twice the processor's
 * time for them (`npm run bench`). Rejects with what went wrong.
 */
export function askStatus(definition: HttpCheckDefinition, signal: AbortSignal): Promise<number> {
  const { host, port, method, timeoutMs, connectTimeoutMs, responseTimeoutMs } = definition;
  return new Promise((resolve, reject) => {
    const answer = createHttpAnswer(method);
    const finish = (error?: Error): void => {
      timer.end();
      signal.removeEventListener('abort', abort);
      socket.destroy();
      if (error === undefined && answer.status !== undefined) resolve(answer.status);
      else reject(error ?? new Error('no status'));
    };
    /** Where it is no shorter than the whole check's, that one is enough. */
    const limit = (phase: string, ms: number): void => {
      if (ms < timeoutMs) timer.begin(phase, ms);
      else timer.end();
    };
    const abort = (): void => finish(new Error('no longer needed'));
    const take = (text: string): void => {
      try {
        answer.push(text);
        if (answer.isComplete) finish();
      } catch (error) {
        finish(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const timer = createPhaseTimer(finish);
    limit('connection', connectTimeoutMs);
    const callback = (bytes: number): boolean => {
      take(buffer.toString('latin1', 0, bytes));
      return true;
    };
    const socket = connect({ host, port, onread: { buffer, callback } });
    socket.once('connect', () => limit('response', responseTimeoutMs));
    socket.once('error', finish);
    socket.once('close', () => {
      const isWhole = answer.isComplete || answer.endsWithConnection;
      finish(isWhole ? undefined : new Error('closed before the answer was whole'));
    });
    signal.addEventListener('abort', abort);
    socket.write(requestOf(definition));
  });
}

function requestOf({ host, port, method, uri, headers, body }: HttpCheckDefinition): string {
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const fields = new Map([
    ['host', authority],
    ['connection', 'close'],
  ]);
  if (body !== undefined) fields.set('content-length', `${Buffer.byteLength(body)}`);
  for (const [name, value] of Object.entries(headers)) fields.set(name.toLowerCase(), value);
  const lines = [...fields].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${uri} HTTP/1.1\r\n${lines}\r\n${body ?? ''}`;
}
