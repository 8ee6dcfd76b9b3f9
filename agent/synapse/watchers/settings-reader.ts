/**
 * Settings for generators in the data of one znode: one data watch a service, and nothing else. A
 * node without data, or none at all, has no settings; data that cannot be understood leave those
 * that were there.
 */
import type { Logger } from '../../lib/logger.ts';
import type { ZooKeeperError } from '../../zookeeper/session.ts';
import { noSettings, parseSettings, type RegistrySettings } from '../settings/parse.ts';
import { SessionTurns, type SessionTurnsOptions } from './session-turns.ts';

export type OnSettings = (settings: RegistrySettings) => void;

export interface SettingsReaderOptions extends SessionTurnsOptions {
  readonly path: string;
  readonly isWatched: boolean;
  readonly onSettings: OnSettings;
  readonly logger: Logger;
}

export class SettingsReader {
  readonly #options: SettingsReaderOptions;
  readonly #turns: SessionTurns;
  readonly #attempted = Promise.withResolvers<void>();
  /** The last data that were complained about. */
  #refused = '';
  reads = 0;

  constructor(options: SettingsReaderOptions) {
    this.#options = options;
    this.#turns = new SessionTurns(options);
  }

  /** Resolves once it was tried to read them: who may not, or cannot, does without. */
  get attempted(): Promise<void> {
    return this.#attempted.promise;
  }

  /** Until they are read: whoever listed the path saw that it holds no data. */
  presumeNone(): void {
    this.#options.onSettings(noSettings);
    this.#attempted.resolve();
  }

  async run(signal: AbortSignal): Promise<void> {
    const onChange = this.#turns.onChange(signal);
    const turn = {
      read: () => this.#read(onChange, signal).finally(() => this.#attempted.resolve()),
      failed: ({ code }: ZooKeeperError) => this.#onFailure(code),
    };
    try {
      await this.#turns.run(turn, signal);
    } finally {
      this.#attempted.resolve();
    }
  }

  /** Who may not read them, need not ask again. */
  #onFailure(code: ZooKeeperError['code']): boolean {
    const { logger, path } = this.#options;
    logger.warn('settings-unread', { path, code });
    return code === 'no-auth';
  }

  async #read(onChange: () => void, signal: AbortSignal): Promise<void> {
    const { session, path, isWatched, logger, onSettings } = this.#options;
    this.reads += 1;
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
