/** What needs a look now and then: HAProxy's health where it matters, and spells that end. */
import { type Clock, nextBeat } from '../lib/clock.ts';
import type { AdminSocket } from './haproxy/admin.ts';
import type { ActualServer } from './haproxy/answers.ts';
import type { ConfiguredProxy } from './haproxy/create-proxy.ts';
import { type WatchedBackends, watchHealth } from './haproxy/health-watch.ts';
import { watchProcess } from './haproxy/sentinel.ts';
import { watchStates } from './haproxy/states-watch.ts';
import type { Parts, Surroundings } from './parts.ts';
import type { ServiceBook } from './service-book.ts';

/** As often as the original's main loop. */
const turnMs = 1_000;

/** Until aborted. */
export async function keepUp(
  { book, state, line, reconciler }: Parts,
  configured: () => ConfiguredProxy,
  { clock, metrics }: Pick<Surroundings, 'clock' | 'metrics'>,
  signal: AbortSignal,
): Promise<void> {
  const admin = (): AdminSocket | undefined => configured().admin;
  const masterPath = (): string | undefined => configured().masterPath;
  const known = () => state.process;
  const backends = (): WatchedBackends => watchedBackends(book, configured());
  const areSaved = (servers: readonly ActualServer[]): boolean =>
    configured().proxy.areSaved(servers);
  const byHealth = (changed: ReadonlySet<string>): void => {
    const { sections } = configured();
    const affected = sections.backends.filter(({ backend }) => changed.has(backend));
    reconciler.request(new Set(affected.map(({ service }) => service)));
  };
  await Promise.all([
    watchProcess(
      { line, clock, masterPath, admin, known, onChange: () => reconciler.request() },
      signal,
    ),
    watchHealth({ clock, admin, backends, onChange: byHealth }, signal),
    watchStates({ line, admin, clock, areSaved, onChange: () => reconciler.requestFile() }, signal),
    every(() => turn(book, metrics), clock, signal),
  ]);
}

/** Those where HAProxy's health changes what synapse wants. */
function watchedBackends(
  book: Pick<ServiceBook, 'entry'>,
  { sections }: ConfiguredProxy,
): WatchedBackends {
  const urgent: string[] = [];
  const calm: string[] = [];
  for (const { service, backend } of sections.backends) {
    const entry = book.entry(service);
    if (entry === undefined) continue;
    const { config, known, selection } = entry;
    if (selection.instances.some(({ draining }) => draining === true)) urgent.push(backend);
    else if (config.zone !== undefined || known.guard.held.length > 0) calm.push(backend);
  }
  return { urgent, calm };
}

function turn(book: ServiceBook, metrics: Pick<Surroundings['metrics'], 'pinged'>): void {
  book.expire();
  metrics.pinged(() =>
    [...book.entries()].map(([name, { watcher }]) => [name, watcher.status.watching]),
  );
}

async function every(work: () => void, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await nextBeat(clock, turnMs, signal).catch(() => undefined);
    if (!signal.aborted) work();
  }
}
