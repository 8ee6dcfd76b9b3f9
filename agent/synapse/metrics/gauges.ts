/** What Prometheus is told of the present, at each scrape. */
import type { Prometheus, Sample } from '../../lib/prometheus.ts';
import type { Ensembles } from '../../zookeeper/ensembles.ts';
import type { AdminSocket } from '../haproxy/admin.ts';
import type { ActualServer } from '../haproxy/answers.ts';
import type { ManagedProxy } from '../haproxy/proxy.ts';
import type { RunningState } from '../haproxy/running-state.ts';
import type { Sections } from '../haproxy/sections.ts';
import type { ServiceBook, ServiceEntry } from '../service-book.ts';
import type { SettingsKeeper } from '../settings/keeper.ts';
import type { families } from './families.ts';

export interface MetricsSources {
  readonly book: ServiceBook;
  readonly ensembles: Ensembles;
  readonly state: RunningState;
  readonly proxy: ManagedProxy;
  readonly sections: Sections;
  readonly settings: SettingsKeeper;
  /** `undefined`: HAProxy is not asked for anything. */
  readonly admin: AdminSocket | undefined;
  /** One line per mistake in what was refused last. */
  readonly problems: readonly string[];
}

type Sink = Prometheus<typeof families>;

export async function setGauges(prometheus: Sink, sources: MetricsSources): Promise<void> {
  const { book, ensembles, state, sections, proxy, settings, problems } = sources;
  const entries = book.entries();
  const seen = await proxy.observe();
  setServices(prometheus, entries, proxy);
  setServers(prometheus, sections, seen?.servers ?? []);
  prometheus.set(
    'synapse_registry_connected',
    ensembles.status().map(({ hosts, state: kind }) => ({
      labels: { hosts },
      value: Number(kind === 'connected'),
    })),
  );
  prometheus.set(
    'synapse_refused_settings',
    [...entries.keys()].map((service) => {
      const own = settings.refused.filter((refusal) => refusal.service === service);
      return { labels: { service }, value: own.length };
    }),
  );
  const one = (value: number) => [{ labels: {}, value }];
  const isCurrent = state.process?.fingerprint === sections.fingerprint;
  prometheus.set('synapse_proxy_running', one(Number(seen !== undefined)));
  prometheus.set('synapse_proxy_current', one(Number(seen !== undefined && isCurrent)));
  prometheus.set('synapse_config_problems', one(problems.length));
}

function setServices(
  prometheus: Sink,
  entries: ReadonlyMap<string, ServiceEntry>,
  { rejected }: ManagedProxy,
): void {
  const perService = (value: (entry: ServiceEntry, service: string) => number) =>
    [...entries].map(([service, entry]) => ({
      labels: { service },
      value: value(entry, service),
    }));
  prometheus.set('synapse_services', [{ labels: {}, value: entries.size }]);
  prometheus.set(
    'synapse_guarded_instances',
    perService(({ selection }) => selection.members.filter(({ guarded }) => guarded).length),
  );
  prometheus.set(
    'synapse_service_watching',
    perService(({ watcher }) => Number(watcher.status.watching)),
  );
  prometheus.set(
    'synapse_rejected_registrations',
    perService(({ found }, service) => {
      const byProxy = rejected.filter((one) => one.service === service).length;
      return (found?.rejected.length ?? 0) + byProxy;
    }),
  );
  prometheus.set(
    'synapse_instances',
    [...entries].flatMap(([service, { selection }]) =>
      tally(selection.members.map(({ origin }) => origin)).map(([origin, value]) => ({
        labels: { service, origin },
        value,
      })),
    ),
  );
  prometheus.set(
    'synapse_decided_instances',
    [...entries].flatMap(([service, { selection }]) =>
      tally(
        selection.members.flatMap(({ pin, out }) => [
          ...(pin === undefined ? [] : ['pinned']),
          ...(out === undefined ? [] : [out.mode]),
        ]),
      ).map(([decision, value]) => ({ labels: { service, decision }, value })),
    ),
  );
}

function setServers(
  prometheus: Sink,
  { backends }: Sections,
  servers: readonly ActualServer[],
): void {
  const byBackend = Map.groupBy(servers, ({ backend }) => backend);
  const samples: Sample<{ service: string; state: string }>[] = backends.flatMap(
    ({ service, backend }) =>
      tally((byBackend.get(backend) ?? []).map(stateOf)).map(([state, value]) => ({
        labels: { service, state },
        value,
      })),
  );
  prometheus.set('synapse_servers', samples);
}

function stateOf({ admin, up, weight }: ActualServer): string {
  if (admin === 'maint') return 'maint';
  if (!up) return 'down';
  return admin === 'drain' || weight === 0 ? 'drain' : 'up';
}

function tally(words: readonly string[]): readonly (readonly [string, number])[] {
  return [...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]);
}
