/**
 * Settings for generators in the data of one znode: one data watch a service, and nothing else. A
 * node without data, or none at all, has no settings; data that cannot be understood leave those
 * that were there.
 */
import type { ZooKeeperDiscovery } from '../../config/synapse-zookeeper.ts';
import { createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { Coalescer } from '../../lib/coalescer.ts';
import type { Logger } from '../../lib/logger.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../zookeeper/session.ts';
import { parseSettings, type RegistrySettings } from '../settings/parse.ts';

export type OnSettings = (settings: RegistrySettings) => void;

export interface SettingsReaderOptions {
  readonly session: ZooKeeperSession;
  readonly path: string;
  readonly isWatched: boolean;
  /** Between two readings at least. */
  readonly quietMs: number;
  readonly discovery: Pick<ZooKeeperDiscovery, 'retry_policy'>;
  readonly onSettings: OnSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

export class SettingsReader {
  readonly #options: SettingsReaderOptions;
  readonly #turns: Coalescer;
  readonly #attempted = Promise.withResolvers<void>();
  /** The last data that were complained about. */
  #refused = '';
  reads = 0;

  constructor(options: SettingsReaderOptions) {
    this.#options = options;
    const { clock, quietMs } = options;
    this.#turns = new Coalescer({ clock, quietMs, maxDelayMs: quietMs });
  }

  /** Resolves once it was tried to read them: who may not, or cannot, does without. */
  get attempted(): Promise<void> {
    return this.#attempted.promise;
  }

  async run(idleMs: () => number, signal: AbortSignal): Promise<void> {
    const { session } = this.#options;
    const stopListening = session.onState(({ kind }) => {
      if (kind === 'connected') this.#turns.request();
    });
    if (session.state.kind === 'connected') this.#turns.request();
    try {
      for (;;) {
        await this.#turns.nextTurn(signal, idleMs());
        await this.#readUntilDone(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      stopListening();
      this.#attempted.resolve();
    }
  }

  async #readUntilDone(signal: AbortSignal): Promise<void> {
    const { session, clock, random, discovery, logger, path } = this.#options;
    const { base_interval, max_interval } = discovery.retry_policy;
    const baseMs = base_interval * 1_000;
    const backoff = createBackoff({ baseMs, capMs: max_interval * 1_000, random });
    while (session.state.kind === 'connected') {
      try {
        return await this.#read(signal);
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error;
        logger.warn('settings-unread', { path, code: error.code });
        if (error.code === 'no-auth') return;
      } finally {
        this.#attempted.resolve();
      }
      await clock.sleep(backoff.nextMs(), signal);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { session, path, isWatched, logger, onSettings } = this.#options;
    this.reads += 1;
    const onChange = (): void => {
      if (!signal.aborted) this.#turns.request();
    };
    const node = isWatched ? await session.watchData(path, onChange) : await session.read(path);
    if (signal.aborted) return;
    const parsed = parseSettings(node?.data);
    const refused = parsed.ok ? '' : String(node?.modifiedAtMs);
    if (parsed.ok) onSettings(parsed.settings);
    else if (refused !== this.#refused) {
      logger.warn('settings-rejected', { path, reason: parsed.reason });
    }
    this.#refused = refused;
  }
}
