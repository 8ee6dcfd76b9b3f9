/** Reads a toggle file, from S3 or, ours, from this host. The S3 client is loaded when used. */
import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ToggleConfig } from '../../config/synapse-resolvers.ts';
import type { Clock } from '../../lib/clock.ts';
import { withDeadline } from '../../lib/deadline.ts';
import { linkAbort } from '../../lib/linked-abort.ts';
import { askOutside, SourceError } from '../watchers/source.ts';
import { toWeights, type Weights } from './pick.ts';

export type ReadToggle = (signal: AbortSignal) => Promise<Weights>;

const deadlineMs = 10_000;
const maxBytes = 65_536;
const defaultRegion = 'us-east-1';

/** Rejects with a `SourceError` where nothing can be read, or nothing that makes sense. */
export function createToggleReader(config: ToggleConfig, clock: Clock): ReadToggle {
  const { toggle_file_path: path, s3_url = '' } = config;
  const where = path ?? s3_url;
  const read = path === undefined ? createS3Reader(config) : () => readLocal(path);
  return async (signal) => {
    const reading = linkAbort(signal);
    try {
      const text = await askOutside(where, signal, () =>
        withDeadline(read(reading.signal), { ms: deadlineMs, clock, signal }),
      );
      return await parse(text, where);
    } finally {
      reading.abort();
    }
  };
}

async function parse(text: string, where: string): Promise<Weights> {
  // Only those who toggle pay for its parser.
  const { parseYaml } = await import('../../config/parse-yaml.ts');
  const parsed = parseYaml(text);
  const weights = parsed.ok ? toWeights(parsed.value) : undefined;
  if (weights !== undefined) return weights;
  throw new SourceError(`${where}: is no YAML with a whole weight for each watcher`);
}

async function readLocal(path: string): Promise<string> {
  const file = await open(path);
  try {
    return await textOf(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}

function createS3Reader(config: ToggleConfig): (signal: AbortSignal) => Promise<string> {
  const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(config.s3_url ?? '') ?? [];
  let client: Promise<S3Client> | undefined;
  return async (abortSignal) => {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    client ??= createClient(config);
    const api = await client;
    const { Body } = await api.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
    if (Body === undefined) throw new Error('the object has no content');
    return await textOf(Body.transformToWebStream());
  };
}

async function createClient({ s3_endpoint_url, s3_region }: ToggleConfig): Promise<S3Client> {
  const { S3Client: Client } = await import('@aws-sdk/client-s3');
  const endpoint = s3_endpoint_url ?? process.env.AWS_ENDPOINT_URL;
  return new Client({
    region: s3_region ?? process.env.AWS_REGION ?? defaultRegion,
    // Where the bucket is no part of the host's name, as in the original.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new Error('not a stream of bytes');
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString();
}
