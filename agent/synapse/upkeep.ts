/** What needs a look now and then: HAProxy's health where it matters, and spells that end. */
import type { Clock } from '../lib/clock.ts';
import type { AdminSocket } from './haproxy/admin.ts';
import type { ConfiguredProxy } from './haproxy/create-proxy.ts';
import { watchHealth } from './haproxy/health-watch.ts';
import { watchProcess } from './haproxy/sentinel.ts';
import type { Parts, Surroundings } from './parts.ts';
import type { ServiceEntry } from './service-book.ts';

const expiryMs = 500;
/** As often as the original's main loop. */
const pingMs = 1_000;

/** Until aborted. */
export async function keepUp(
  { book, state, reconciler }: Parts,
  configured: () => ConfiguredProxy,
  { clock, metrics }: Pick<Surroundings, 'clock' | 'metrics'>,
  signal: AbortSignal,
): Promise<void> {
  const admin = (): AdminSocket | undefined => configured().admin;
  const onChange = (): void => reconciler.request();
  const known = () => state.process;
  const backends = (): readonly string[] => watchedBackends(book.entries(), configured());
  await Promise.all([
    watchProcess({ clock, admin, known, onChange }, signal),
    watchHealth({ clock, admin, backends, onChange }, signal),
    every(expiryMs, () => book.expire(), clock, signal),
    every(pingMs, () => ping(book.entries(), metrics), clock, signal),
  ]);
}

/** Those where HAProxy's health changes what synapse wants. */
function watchedBackends(
  entries: ReadonlyMap<string, ServiceEntry>,
  { sections }: ConfiguredProxy,
): readonly string[] {
  return sections.backends.flatMap(({ service, backend }) => {
    const entry = entries.get(service);
    return entry !== undefined && dependsOnHealth(entry) ? [backend] : [];
  });
}

function dependsOnHealth({ config, known, selection }: ServiceEntry): boolean {
  const drains = selection.instances.some(({ draining }) => draining === true);
  return config.zone !== undefined || known.guard.held.length > 0 || drains;
}

function ping(
  entries: ReadonlyMap<string, ServiceEntry>,
  metrics: Pick<Surroundings['metrics'], 'pinged'>,
): void {
  for (const [name, { watcher }] of entries) metrics.pinged(name, watcher.status.watching);
}

async function every(
  ms: number,
  work: () => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(ms, signal).catch(() => undefined);
    if (!signal.aborted) work();
  }
}
