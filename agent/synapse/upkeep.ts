/** What needs a look now and then: HAProxy's health where it matters, and spells that end. */
import type { Clock } from '../lib/clock.ts';
import type { AdminSocket } from './haproxy/admin.ts';
import type { ConfiguredProxy } from './haproxy/create-proxy.ts';
import { watchHealth } from './haproxy/health-watch.ts';
import { watchProcess } from './haproxy/sentinel.ts';
import type { Parts } from './parts.ts';
import type { ServiceEntry } from './service-book.ts';

const expiryMs = 500;

/** Until aborted. */
export async function keepUp(
  { book, state, reconciler }: Parts,
  configured: () => ConfiguredProxy,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const admin = (): AdminSocket | undefined => configured().admin;
  const onChange = (): void => reconciler.request();
  const known = () => state.process;
  const backends = (): readonly string[] => watchedBackends(book.entries(), configured());
  await Promise.all([
    watchProcess({ clock, admin, known, onChange }, signal),
    watchHealth({ clock, admin, backends, onChange }, signal),
    expire(() => book.expire(), clock, signal),
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

async function expire(end: () => void, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(expiryMs, signal).catch(() => undefined);
    end();
  }
}
