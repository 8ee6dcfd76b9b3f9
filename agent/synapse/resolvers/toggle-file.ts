/** Reads a toggle file, from S3 or, ours, from this host. */
import { open } from 'node:fs/promises';
import type { ToggleConfig } from '../../config/synapse-resolvers.ts';
import type { Clock } from '../../lib/clock.ts';
import { withDeadline } from '../../lib/deadline.ts';
import { linkAbort } from '../../lib/linked-abort.ts';
import { askOutside, SourceError } from '../watchers/source.ts';
import { toWeights, type Weights } from './pick.ts';
import type { ReadObject } from './s3-object.ts';
import { textOf } from './text-of.ts';

export type ReadToggle = (signal: AbortSignal) => Promise<Weights>;

const deadlineMs = 10_000;

/** It was read, and is of no use; `fault` as the original calls it. */
export class ToggleError extends SourceError {
  readonly fault: 'parse_error' | 'invalid_schema' | 'zero_sum';

  constructor(fault: ToggleError['fault'], message: string) {
    super(message);
    this.fault = fault;
  }
}

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
  if (!parsed.ok) throw new ToggleError('parse_error', `${where}: is no YAML`);
  const weights = toWeights(parsed.value);
  if (weights !== undefined) return weights;
  throw new ToggleError('invalid_schema', `${where}: has no whole weight for each watcher`);
}

async function readLocal(path: string): Promise<string> {
  const file = await open(path);
  try {
    return await textOf(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}

function createS3Reader(config: ToggleConfig): ReadObject {
  let read: ReadObject | undefined;
  return async (signal) => {
    read ??= (await import('./s3-object.ts')).createObjectReader(config);
    return await read(signal);
  };
}
