/** What `GET /health` and `GET /status` say. */
import type { Ensembles } from '../../zookeeper/ensembles.ts';
import type { ChangeLog } from '../changes.ts';
import type { Generators } from '../generators/generators.ts';
import type { AdminSocket } from '../haproxy/admin.ts';
import type { ActualServer } from '../haproxy/answers.ts';
import type { ManagedProxy } from '../haproxy/proxy.ts';
import type { RunningState } from '../haproxy/running-state.ts';
import type { Sections } from '../haproxy/sections.ts';
import { serverName } from '../instance.ts';
import type { ServiceBook, ServiceEntry } from '../service-book.ts';

export interface StatusSources {
  readonly version: string;
  readonly book: ServiceBook;
  readonly ensembles: Ensembles;
  readonly changes: ChangeLog;
  readonly state: RunningState;
  readonly proxy: ManagedProxy;
  readonly sections: Sections;
  /** `undefined`: HAProxy is not asked for anything. */
  readonly admin: AdminSocket | undefined;
  readonly generators: Generators;
}

/** `ok`: every part works; `degraded`: traffic flows by what is known, but changes do not. */
export function healthOf(sources: StatusSources): object {
  const { ensembles, state, sections, admin, generators } = sources;
  const sessions = ensembles.status();
  const registry = sessions.every(({ state: kind }) => kind === 'connected');
  const proxy = state.process !== undefined || admin === undefined;
  const current = admin === undefined || state.process?.fingerprint === sections.fingerprint;
  const failing = Object.values(generators.status).some(({ state: kind }) => kind === 'failing');
  const ok = registry && proxy && current && !failing;
  return {
    status: ok ? 'ok' : 'degraded',
    registry: registry ? 'connected' : 'unreachable',
    proxy: proxyHealth(sources),
    config: current ? 'current' : 'pending',
    generators: failing ? 'failing' : 'ok',
  };
}

function proxyHealth({ state, admin }: StatusSources): string {
  if (admin === undefined) return 'unwatched';
  return state.process === undefined ? 'unreachable' : 'running';
}

export async function statusOf(sources: StatusSources): Promise<object> {
  const { version, book, ensembles, changes, state, proxy, sections, generators } = sources;
  const seen = await proxy.observe();
  const services = [...book.entries()].map(([name, entry]) => [
    name,
    describeService(name, entry, sections, seen?.servers ?? []),
  ]);
  return {
    version,
    ...healthOf(sources),
    services: Object.fromEntries(services),
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
  };
}

function describeService(
  name: string,
  { watcher, found, selection, departed, config }: ServiceEntry,
  sections: Sections,
  servers: readonly ActualServer[],
): object {
  const backend = sections.backends.find(({ service }) => service === name)?.backend;
  const { method, watching, listings, reads } = watcher.status;
  return {
    backend,
    port: config.haproxy.port,
    source: selection.source,
    discovery: { method, watching, listings, reads },
    rejected: found?.rejected ?? [],
    instances: selection.instances.map((instance) => {
      const server = serverName(instance);
      const actual = servers.find((one) => one.backend === backend && one.name === server);
      const { host, port, name: id, weight, labels, draining, downtimeAtSeconds } = instance;
      const proxied = actual && { admin: actual.admin, up: actual.up, weight: actual.weight };
      const leaving = { draining: draining ?? false, downtime_at: downtimeAtSeconds };
      return { server, host, port, name: id, weight, labels, ...leaving, haproxy: proxied };
    }),
    departed: departed.map(({ instance: { host, port, name: id }, reason }) => {
      return { host, port, name: id, reason };
    }),
  };
}
