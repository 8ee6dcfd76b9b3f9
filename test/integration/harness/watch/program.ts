/**
 * Runs on a service host during the drills and tells each change of what it sees, a line of JSON
 * each: the registry by a session of its own (never through the agent), HAProxy by its socket.
 * Ends when nobody reads.
 *
 *   node watch.mjs HAPROXY_SOCKET ENSEMBLE SYNAPSE_CONFIG PATH…
 */
import { readFileSync } from 'node:fs';
import { isMap } from '../../../../agent/lib/is-map.ts';
import { watchProxy } from './proxy.ts';
import { watchRegistry } from './registry.ts';

const [socket = '', ensemble = '', config = '', ...paths] = process.argv.slice(2);
process.stdout.once('error', () => process.exit(0));

const said = new Map<string, string>();
const tell = (topic: string, seen: object): void => {
  const text = JSON.stringify(seen);
  if (said.get(topic) === text) return;
  said.set(topic, text);
  process.stdout.write(`${JSON.stringify({ at: Date.now(), ...seen })}\n`);
};

// The reader may be gone without a word: only writing finds out.
setInterval(
  () => process.stdout.write(`${JSON.stringify({ at: Date.now(), what: 'alive' })}\n`),
  1_000,
);
watchProxy(socket, tell);
watchRegistry(wayToEnsemble, paths, tell);

/** Members that take nobody without TLS are reached as synapse reaches them. */
function wayToEnsemble(): string {
  const synapse: unknown = JSON.parse(readFileSync(config, 'utf8'));
  if (!isMap(synapse) || !isMap(synapse.zk_tunnels)) return ensemble;
  return Object.values(synapse.zk_tunnels).join();
}
