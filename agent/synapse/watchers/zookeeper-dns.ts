/**
 * Names from ZooKeeper, resolved again and again. Original: `zookeeper_dns/zookeeper_dns.rb`.
 *
 *   ZooKeeper ─► names ─┐
 *                       ├─► addresses of each ─► found
 *   interval, TTL ──────┘
 *
 * Ours: all of a registration counts for each address of it, its weight and sequence too.
 */
import type { ZooKeeperDnsDiscovery } from '../../config/synapse-zookeeper.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { mapBounded } from '../../lib/map-bounded.ts';
import { type DepartedInstance, stillGone } from '../departures.ts';
import type { Instance } from '../instance.ts';
import { untilInvalid } from './dns.ts';
import { DnsLookup, type Known } from './dns-lookup.ts';
import { Inherited } from './inherited.ts';
import { PollingWatcher } from './polling.ts';
import { type Answer, type Source, SourceError } from './source.ts';
import type { Found, Watcher, WatcherLink, WatcherStatus } from './watcher.ts';

export interface ZooKeeperDnsOptions extends WatcherLink {
  readonly discovery: ZooKeeperDnsDiscovery;
  /** Makes the watcher of the names. */
  readonly watchNames: (link: WatcherLink) => Watcher;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

const questionsAtOnce = 16;

export class ZooKeeperDnsWatcher implements Watcher {
  readonly #options: ZooKeeperDnsOptions;
  readonly #lookup: DnsLookup;
  readonly #inherited: Inherited;
  readonly #names: Watcher;
  readonly #addresses: PollingWatcher;
  #found: Found | undefined;
  /** The last list of names with any in it. */
  #previous: readonly Instance[] = [];
  /** Told with the next answer. */
  #departed: readonly DepartedInstance[] = [];
  readonly #first = Promise.withResolvers<void>();
  #onNames: () => void = () => undefined;

  constructor(options: ZooKeeperDnsOptions) {
    this.#options = options;
    const { discovery, clock, expected } = options;
    this.#lookup = new DnsLookup({ nameservers: discovery.nameserver, clock });
    this.#inherited = new Inherited(expected);
    this.#names = options.watchNames({
      onFound: (found) => this.#take(found),
      // Those from before have addresses in the place of names: their sequence numbers tell.
      expected: () => (this.#found === undefined ? expected() : this.#previous),
    });
    this.#addresses = new PollingWatcher({ ...options, source: this.#source() });
  }

  get status(): WatcherStatus {
    const { watching, listings, reads } = this.#names.status;
    const resolved = this.#addresses.status;
    const { method } = this.#options.discovery;
    return {
      method,
      watching: watching && (resolved.watching || this.#found === undefined),
      listings,
      reads,
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    const names = this.#names.run(signal).finally(() => this.#first.resolve());
    await Promise.all([names, this.#resolveNames(signal)]);
  }

  async #resolveNames(signal: AbortSignal): Promise<void> {
    await this.#first.promise;
    if (!signal.aborted) await this.#addresses.run(signal);
  }

  #take(found: Found): void {
    this.#found = found;
    if (found.instances.length > 0) this.#previous = found.instances;
    const addressed = found.departed.flatMap(({ instance, reason }) =>
      this.#lookup
        .lastAddresses(instance.host)
        .map((host) => ({ instance: { ...instance, host }, reason })),
    );
    this.#departed = [...this.#departed, ...addressed];
    this.#first.resolve();
    this.#onNames();
  }

  #source(): Source {
    const { discovery } = this.#options;
    return {
      method: discovery.method,
      intervalMs: discovery.check_interval * 1_000,
      ask: (signal) => this.#resolve(signal),
      follow: async (onHint) => {
        this.#onNames = onHint;
      },
    };
  }

  async #resolve(signal: AbortSignal): Promise<Answer> {
    const { discovery, clock } = this.#options;
    const found = this.#found;
    if (found === undefined) throw new Error('resolving starts with the first names');
    // As of `found`: who leaves while its names are resolved is told of with the next answer.
    const left = this.#departed;
    const { instances, rejected } = found;
    const all = await mapBounded(instances, questionsAtOnce, (one) => this.#place(one, signal));
    const silent = instances.flatMap(({ host }, at) => (all[at]?.silent ? [`name ${host}`] : []));
    const unknown = all.filter(({ records }) => records === undefined).length;
    if (unknown > 0 && unknown === all.length) throw new SourceError(`no answer: ${silent}`);
    const placed = all.flatMap(({ records }) => records ?? []);
    const departed = stillGone(left, placed);
    this.#departed = this.#departed.slice(left.length);
    const gone = departed.map(({ instance }) => instance);
    const more = this.#inherited.beside([...placed, ...gone], unknown === 0);
    this.#lookup.forgetAllBut(new Set(instances.map(({ host }) => host)));
    const intervalMs = discovery.check_interval * 1_000;
    const againInMs = untilInvalid(all, clock.now(), intervalMs);
    return { instances: [...placed, ...more], rejected, departed, silent, againInMs };
  }

  async #place(instance: Instance, signal: AbortSignal): Promise<Known<Instance>> {
    const { records, ...rest } = await this.#lookup.addresses(instance.host, signal);
    // The checks of nerve passed at one of them, and nobody knows at which.
    const placed = records?.map((host) => ({ ...instance, host, unvouched: true }));
    return { records: placed, ...rest };
  }
}
