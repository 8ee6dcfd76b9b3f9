/** The names under which airbnb/synapse sends its metrics. */
import { readFile } from 'node:fs/promises';

const file = new URL('compat/synapse/statsd-names.txt', import.meta.url);

/** What the original times or counts, and ours does not do at all, or in parts. */
const notSent = [
  'synapse.watcher.zk.create_path.elapsed_time',
  'synapse.watcher.zk.discovery.elapsed_time',
];

export async function synapseStatsdNames(): Promise<{
  readonly original: string[];
  readonly notSent: string[];
}> {
  const original = (await readFile(file, 'utf8')).trim().split('\n');
  return { original, notSent };
}
