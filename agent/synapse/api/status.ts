/** What `GET /health` and `GET /status` say. */

import type { StateKeeper } from '../../lib/state-keeper.ts';
import type { Ensembles } from '../../zookeeper/ensembles.ts';
import type { ChangeLog } from '../changes.ts';
import type { Generators } from '../generators/generators.ts';
import type { AdminSocket } from '../haproxy/admin.ts';
import type { ActualServer } from '../haproxy/answers.ts';
import type { ManagedProxy } from '../haproxy/proxy.ts';
import type { RunningState } from '../haproxy/running-state.ts';
import type { Sections } from '../haproxy/sections.ts';
import type { Reconciler } from '../reconcile.ts';
import type { ServiceBook } from '../service-book.ts';
import type { SettingsKeeper } from '../settings/keeper.ts';
import { describeService } from './describe-service.ts';

export interface StatusSources {
  readonly version: string;
  readonly book: ServiceBook;
  readonly keeper: StateKeeper;
  readonly reconciler: Reconciler;
  readonly ensembles: Ensembles;
  readonly changes: ChangeLog;
  readonly state: RunningState;
  readonly proxy: ManagedProxy;
  readonly sections: Sections;
  /** `undefined`: HAProxy is not asked for anything. */
  readonly admin: AdminSocket | undefined;
  readonly generators: Generators;
  readonly settings: SettingsKeeper;
  /** One line per mistake in what was refused last. */
  readonly problems: readonly string[];
  /** When what was judged last, taken or refused, was read. */
  readonly readAtMs: number;
}

/** `ok`: every part works; `degraded`: traffic flows by what is known, but changes do not. */
export function healthOf(sources: StatusSources): object {
  const { ensembles, state, sections, admin, generators, problems, readAtMs } = sources;
  const sessions = ensembles.status();
  const registry = sessions.every(({ state: kind }) => kind === 'connected');
  const proxy = state.process !== undefined || admin === undefined;
  const current = admin === undefined || state.process?.fingerprint === sections.fingerprint;
  const failing = Object.values(generators.status).some(({ state: kind }) => kind === 'failing');
  const ok = registry && proxy && current && !failing && problems.length === 0;
  return {
    status: ok ? 'ok' : 'degraded',
    registry: registry ? 'connected' : 'unreachable',
    proxy: proxyHealth(sources),
    config: current ? 'current' : 'pending',
    generators: failing ? 'failing' : 'ok',
    config_read: new Date(readAtMs).toISOString(),
    // What is bad, one service's file or the whole, changes nothing that runs.
    problems: problems.length,
  };
}

function proxyHealth({ state, admin }: StatusSources): string {
  if (admin === undefined) return 'unwatched';
  return state.process === undefined ? 'unreachable' : 'running';
}

/** `GET /services`. */
export async function servicesOf(sources: StatusSources): Promise<object> {
  const seen = await sources.proxy.observe();
  return describeServices(sources, seen?.servers ?? []);
}

export async function statusOf(sources: StatusSources): Promise<object> {
  const { version, ensembles, changes, state, proxy, sections, generators } = sources;
  const seen = await proxy.observe();
  return {
    version,
    ...healthOf(sources),
    services: describeServices(sources, seen?.servers ?? []),
    zookeeper: ensembles.status(),
    generators: generators.status,
    haproxy: {
      running: seen !== undefined,
      pid: seen?.process.pid,
      version: seen?.process.version,
      fingerprint: seen?.process.fingerprint,
      wanted_fingerprint: sections.fingerprint,
      reloads: state.reloads,
      rejected: proxy.rejected,
      retiring: [...state.retiring.keys()],
    },
    changes: changes.recent(),
    problems: sources.problems,
  };
}

function describeServices(
  { book, sections, settings }: StatusSources,
  servers: readonly ActualServer[],
): object {
  const refused = Map.groupBy(settings.refused, ({ service }) => service);
  const byBackend = Map.groupBy(servers, ({ backend }) => backend);
  const backends = new Map(sections.backends.map(({ service, backend }) => [service, backend]));
  return Object.fromEntries(
    [...book.entries()].map(([name, entry]) => {
      const backend = backends.get(name);
      const own = byBackend.get(backend ?? '') ?? [];
      return [name, describeService(entry, backend, own, refused.get(name) ?? [])];
    }),
  );
}
