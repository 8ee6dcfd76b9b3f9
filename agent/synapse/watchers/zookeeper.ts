/**
 * Watches the children of a service's path.
 *
 *   watch fires / session connected / resync ─► one listing per window ─► new children read ─┐
 *                                                                                           │
 *                 found ◄─ of the missing: who left on purpose? (one listing, if any is) ◄──┘
 *
 * Beside it the data with settings for generators are followed (`settings-reader.ts`). Who is found
 * first is told with them; where the first listing says that the path has no data, there are none, and
 * the watch on them can wait until a start is through. With `zookeeper_poll` nothing is watched, and
 * both are read once an interval.
 *
 * A failed listing is repeated while the session is connected, and otherwise waits for it: what
 * was found last stays (law 2).
 */
import type { ZooKeeperDiscovery } from '../../config/synapse-zookeeper.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../zookeeper/session.ts';
import { type DepartedInstance, missingFrom } from '../departures.ts';
import type { Instance } from '../instance.ts';
import { ChildReader } from './child-reader.ts';
import { DepartureReader } from './departure-reader.ts';
import { SessionTurns } from './session-turns.ts';
import { type OnSettings, SettingsReader } from './settings-reader.ts';
import type { Found, Watcher, WatcherLink, WatcherStatus } from './watcher.ts';

export interface ZooKeeperWatcherOptions extends WatcherLink {
  readonly discovery: ZooKeeperDiscovery;
  readonly onSettings: OnSettings;
  readonly session: ZooKeeperSession;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** At most one listing of a path in this time, whatever happens there. */
const windowMs = 50;
/** A listing without a cause, in case a watch was lost. Up to half of it is random. */
const resyncMs = 120_000;
/** Before what need not be there at the start is read; up to twice that by chance. */
const leisureMs = 1_000;
/** What `polling_interval_sec` of 0 stands for in the original. */
const minPollMs = 500;

export class ZooKeeperWatcher implements Watcher {
  readonly #options: ZooKeeperWatcherOptions;
  readonly #reader: ChildReader;
  readonly #departures: DepartureReader;
  readonly #settings: SettingsReader | undefined;
  /** Whether the path has data, by the first listing; `true` where that does not tell. */
  readonly #hasData = Promise.withResolvers<boolean>();
  readonly #turns: SessionTurns;
  /** `undefined`: there are watches. */
  readonly #pollMs: number | undefined;
  #listings = 0;

  constructor(options: ZooKeeperWatcherOptions) {
    this.#options = options;
    const { session, discovery } = options;
    this.#reader = new ChildReader(session, discovery.path, discovery.decode);
    this.#departures = new DepartureReader(session, discovery.path);
    const quietMs = Math.max(windowMs, discovery.discovery_jitter * 1_000);
    const timing = { quietMs, idleMs: () => this.#idleMs(), retry: discovery.retry_policy };
    this.#turns = new SessionTurns({ ...options, ...timing });
    if ('polling_interval_sec' in discovery) this.#pollMs = discovery.polling_interval_sec * 1_000;
    const settingsPath = discovery.generator_config_path ?? discovery.path;
    if (settingsPath !== 'disabled') {
      const isWatched = this.#pollMs === undefined;
      this.#settings = new SettingsReader({ ...options, ...timing, path: settingsPath, isWatched });
      if (!isWatched || settingsPath !== discovery.path) this.#hasData.resolve(true);
    }
  }

  get status(): WatcherStatus {
    const watching = this.#options.session.state.kind === 'connected';
    return {
      method: this.#options.discovery.method,
      watching,
      listings: this.#listings + this.#departures.listings,
      reads: this.#reader.reads + this.#departures.reads + (this.#settings?.reads ?? 0),
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    const onChange = this.#turns.onChange(signal);
    const turn = {
      read: () => this.#readOnce(onChange),
      failed: ({ code }: ZooKeeperError) => this.#onFailure(code),
    };
    const stopListening = this.#options.session.onState(({ kind }) => {
      if (kind === 'connected') this.#reader.reconsider();
    });
    try {
      const listing = this.#turns.run(turn, signal).finally(() => this.#hasData.resolve(true));
      await Promise.all([listing, this.#followSettings(signal)]);
    } finally {
      stopListening();
    }
  }

  #idleMs(): number {
    const { random } = this.#options;
    if (this.#pollMs === undefined) return resyncMs * (0.5 + random() / 2);
    return Math.max(minPollMs, this.#pollMs * (1 - random() / 10));
  }

  async #readOnce(onChange: () => void): Promise<void> {
    const found = await this.#list(onChange);
    await this.#settings?.attempted;
    this.#options.onFound(found);
  }

  async #followSettings(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    if (this.#settings === undefined) return;
    if (!(await this.#hasData.promise)) {
      this.#settings.presumeNone();
      await clock.sleep(leisureMs * (1 + random()), signal).catch(() => undefined);
    }
    await this.#settings.run(signal);
  }

  #onFailure(code: ZooKeeperError['code']): boolean {
    const { discovery, logger } = this.#options;
    this.#hasData.resolve(true);
    logger.warn('listing-failed', { path: discovery.path, code });
    return false;
  }

  /** A path that is not there has no children: the registry said so. */
  async #list(onChange: () => void): Promise<Found> {
    this.#listings += 1;
    const children = await this.#children(onChange);
    const { instances, rejected } = await this.#reader.interpret(children ?? []);
    return { instances, rejected, departed: await this.#departed(instances) };
  }

  async #children(onChange: () => void): Promise<readonly string[] | undefined> {
    const { session, discovery } = this.#options;
    if (this.#pollMs !== undefined) return await session.children(discovery.path);
    const listing = await session.watchChildren(discovery.path, onChange);
    this.#hasData.resolve(listing?.hasData ?? false);
    return listing?.children;
  }

  /** Whoever cannot be asked about has said nothing. */
  async #departed(instances: readonly Instance[]): Promise<readonly DepartedInstance[]> {
    const { expected, discovery, logger } = this.#options;
    const missing = missingFrom(instances, expected());
    if (missing.length === 0) return [];
    try {
      return await this.#departures.departed(missing);
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      logger.warn('departures-unknown', { path: discovery.path, code: error.code });
      return [];
    }
  }
}
