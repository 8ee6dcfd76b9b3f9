/**
 * Asks a source once an interval, and sooner after a failure, with back-off. Tells of answers that
 * differ from the one before; without an answer what was found last stays (law 2).
 */
import { createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { createWake, type Wake } from '../../lib/wake.ts';
import { compareText, serverName } from '../instance.ts';
import { type Answer, type Source, SourceError } from './source.ts';
import type { Found, Watcher, WatcherLink, WatcherStatus } from './watcher.ts';

export interface PollingOptions extends Pick<WatcherLink, 'onFound'> {
  readonly source: Source;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

const firstRetryMs = 1_000;
/** A fleet that was started at once does not ask in step. */
const jitter = 0.1;

export class PollingWatcher implements Watcher {
  readonly #options: PollingOptions;
  #asked = 0;
  /** What gave no answer last; `undefined` before the first answer. */
  #silent: string | undefined;
  #last = '';

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  get status(): WatcherStatus {
    const { method } = this.#options.source;
    return { method, watching: this.#silent === '', listings: this.#asked, reads: 0 };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { source } = this.#options;
    const wake = createWake();
    await Promise.all([this.#keepAsking(wake, signal), source.follow?.(wake.wake, signal)]);
  }

  async #keepAsking(wake: Wake, signal: AbortSignal): Promise<void> {
    const { clock, random, source } = this.#options;
    const backoff = createBackoff({ baseMs: firstRetryMs, capMs: source.intervalMs, random });
    try {
      for (;;) {
        const againInMs = await this.#ask(signal);
        if (againInMs !== undefined) backoff.reset();
        await wake.wait(againInMs ?? backoff.nextMs(), clock, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** When to ask again; `undefined` after a failure. */
  async #ask(signal: AbortSignal): Promise<number | undefined> {
    const { source, random } = this.#options;
    this.#asked += 1;
    try {
      const answer = await source.ask(signal);
      signal.throwIfAborted();
      this.#notice((answer.silent ?? []).join(', '));
      this.#tell(answer);
      if (answer.silent?.length) return undefined;
      return answer.againInMs ?? source.intervalMs * (1 - jitter * random());
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#notice(error.message);
      return undefined;
    }
  }

  #notice(silent: string): void {
    const { logger, source } = this.#options;
    if (silent !== '' && this.#silent !== silent) {
      logger.warn('source-unreachable', { method: source.method, reason: silent });
    } else if (silent === '' && this.#silent !== undefined && this.#silent !== '') {
      logger.info('source-reachable');
    }
    this.#silent = silent;
  }

  #tell({ instances, rejected, departed = [] }: Answer): void {
    const sorted = instances.toSorted((a, b) => compareText(serverName(a), serverName(b)));
    const found: Found = { instances: sorted, rejected, departed };
    const text = JSON.stringify(found);
    if (text === this.#last) return;
    this.#last = text;
    this.#options.onFound(found);
  }
}
