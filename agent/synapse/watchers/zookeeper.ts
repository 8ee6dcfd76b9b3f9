/**
 * Watches the children of a service's path.
 *
 *   watch fires / session connected / resync ─► one listing per window ─► new children read ─┐
 *                                                                                           │
 *                 found ◄─ of the missing: who left on purpose? (one listing, if any is) ◄──┘
 *
 * A failed listing is repeated while the session is connected, and otherwise waits for it: what
 * was found last stays (law 2).
 */
import type { ZooKeeperDiscovery } from '../../config/synapse-zookeeper.ts';
import { createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { Coalescer } from '../../lib/coalescer.ts';
import type { Logger } from '../../lib/logger.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../zookeeper/session.ts';
import { type DepartedInstance, missingFrom } from '../departures.ts';
import type { Instance } from '../instance.ts';
import { ChildReader } from './child-reader.ts';
import { DepartureReader } from './departure-reader.ts';
import type { Found, Watcher, WatcherLink, WatcherStatus } from './watcher.ts';

export interface ZooKeeperWatcherOptions extends WatcherLink {
  readonly discovery: ZooKeeperDiscovery;
  readonly session: ZooKeeperSession;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** At most one listing of a path in this time, whatever happens there. */
const windowMs = 50;
/** A listing without a cause, in case a watch was lost. Up to half of it is random. */
const resyncMs = 120_000;

export class ZooKeeperWatcher implements Watcher {
  readonly #options: ZooKeeperWatcherOptions;
  readonly #reader: ChildReader;
  readonly #departures: DepartureReader;
  readonly #turns: Coalescer;
  #listings = 0;

  constructor(options: ZooKeeperWatcherOptions) {
    this.#options = options;
    const { session, discovery, clock } = options;
    this.#reader = new ChildReader(session, discovery.path);
    this.#departures = new DepartureReader(session, discovery.path);
    const quietMs = Math.max(windowMs, discovery.discovery_jitter * 1_000);
    this.#turns = new Coalescer({ clock, quietMs, maxDelayMs: quietMs });
  }

  get status(): WatcherStatus {
    const watching = this.#options.session.state.kind === 'connected';
    return {
      method: 'zookeeper',
      watching,
      listings: this.#listings + this.#departures.listings,
      reads: this.#reader.reads + this.#departures.reads,
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { session, random } = this.#options;
    const stopListening = session.onState(({ kind }) => {
      // A watch of the old connection may have fired unheard: look again.
      if (kind === 'connected') this.#turns.request();
    });
    if (session.state.kind === 'connected') this.#turns.request();
    try {
      for (;;) {
        await this.#turns.nextTurn(signal, resyncMs * (0.5 + random() / 2));
        await this.#listUntilDone(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      stopListening();
    }
  }

  async #listUntilDone(signal: AbortSignal): Promise<void> {
    const { session, clock, random, discovery, logger, onFound } = this.#options;
    const { base_interval, max_interval } = discovery.retry_policy;
    const baseMs = base_interval * 1_000;
    const backoff = createBackoff({ baseMs, capMs: max_interval * 1_000, random });
    while (session.state.kind === 'connected') {
      try {
        return onFound(await this.#list(signal));
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error;
        logger.warn('listing-failed', { path: discovery.path, code: error.code });
      }
      await clock.sleep(backoff.nextMs(), signal);
    }
  }

  /** A path that is not there has no children: the registry said so. */
  async #list(signal: AbortSignal): Promise<Found> {
    const { session, discovery } = this.#options;
    this.#listings += 1;
    const children = await session.watchChildren(discovery.path, () => {
      if (!signal.aborted) this.#turns.request();
    });
    const { instances, rejected } = await this.#reader.interpret(children ?? []);
    return { instances, rejected, departed: await this.#departed(instances) };
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
