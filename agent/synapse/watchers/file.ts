/**
 * Ours: instances from a file on this host, a list of what nerve would register. Followed through
 * its folder, so that it may be replaced, and may come later. A file that is missing or cannot be
 * understood is no answer; an empty list is one.
 */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readDocument } from '../../config/read-document.ts';
import type { FileDiscovery } from '../../config/synapse-sources.ts';
import type { Clock } from '../../lib/clock.ts';
import { watchFolder } from '../../lib/folder-watch.ts';
import { isMap } from '../../lib/is-map.ts';
import { type Candidate, sortOut } from './candidates.ts';
import { type Answer, askOutside, type Source, SourceError } from './source.ts';

export interface FileOptions {
  readonly discovery: FileDiscovery;
  readonly fallbackPort: number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Without a word from the kernel. */
const intervalMs = 30_000;
const maxBytes = 4 << 20;

export function createFileSource({ discovery, fallbackPort, clock, random }: FileOptions): Source {
  const { path } = discovery;
  const ask = async (signal: AbortSignal): Promise<Answer> => {
    const { size } = await askOutside(path, signal, () => stat(path));
    if (size > maxBytes) throw new SourceError(`${path}: more than ${maxBytes} bytes`);
    const read = await readDocument(path);
    if (!read.ok) throw new SourceError(read.problem);
    if (!Array.isArray(read.value)) throw new SourceError(`${path}: is no list of instances`);
    return sortOut(read.value.map(toCandidate), fallbackPort);
  };
  const follow = async (onHint: () => void, signal: AbortSignal): Promise<void> => {
    const onChange = async (): Promise<void> => onHint();
    await watchFolder({ path: dirname(path), clock, random, onChange }, signal);
  };
  return { method: 'file', intervalMs, ask, follow };
}

function toCandidate(value: unknown, index: number): Candidate {
  return { node: `[${index}]`, fields: isMap(value) ? value : {} };
}
