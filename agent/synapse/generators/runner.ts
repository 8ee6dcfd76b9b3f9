/** Drives one generator: an isolated change at once, a burst coalesced, a failure again later. */
import { type Backoff, createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { Coalescer } from '../../lib/coalescer.ts';
import type { Logger } from '../../lib/logger.ts';
import type { ChangeLog } from '../changes.ts';
import type { GeneratedService, Generator, RejectedInstance } from './generator.ts';

export interface GeneratorRunnerOptions {
  readonly generator: Generator;
  readonly services: () => readonly GeneratedService[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly changes: ChangeLog;
}

export interface GeneratorStatus {
  /** `current`: its output agrees with the services; `waiting`: it soon will. */
  readonly state: 'starting' | 'current' | 'waiting' | 'failing';
  /** What it waits for, or why it fails; `undefined` where it does neither. */
  readonly reason: string | undefined;
  readonly rejected: readonly RejectedInstance[];
}

const timing = { quietMs: 20, maxDelayMs: 200 } as const;
/** Somebody may have touched the output. */
const resyncMs = 30_000;
const retry = { baseMs: 1_000, capMs: 60_000 } as const;

export class GeneratorRunner {
  readonly #options: GeneratorRunnerOptions;
  readonly #turns: Coalescer;
  readonly #backoff: Backoff;
  #status: GeneratorStatus = { state: 'starting', reason: undefined, rejected: [] };

  constructor(options: GeneratorRunnerOptions) {
    this.#options = options;
    this.#turns = new Coalescer({ clock: options.clock, ...timing });
    this.#backoff = createBackoff({ ...retry, random: options.random });
  }

  get name(): string {
    return this.#options.generator.name;
  }

  get status(): GeneratorStatus {
    return this.#status;
  }

  request(): void {
    this.#turns.request();
  }

  /** Until aborted, and until the pass that is under way then has ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    let idleMs = 0;
    while (!signal.aborted) {
      const turn = await this.#turns.nextTurn(signal, idleMs).catch(() => 'aborted');
      if (turn !== 'aborted') idleMs = await this.#pass();
    }
  }

  /** In how many milliseconds to look again. */
  async #pass(): Promise<number> {
    const { generator, services } = this.#options;
    try {
      const { againInMs, waitingFor, rejected } = await generator.pass(services());
      this.#noteSuccess(waitingFor, rejected);
      return Math.min(resyncMs, againInMs ?? resyncMs);
    } catch (error) {
      // Whatever it is, a fault of ours included: HAProxy and the other generators go on.
      this.#noteFailure(error);
      return this.#backoff.nextMs();
    }
  }

  #noteSuccess(waitingFor: string | undefined, rejected: readonly RejectedInstance[]): void {
    const { changes, logger } = this.#options;
    const { state: before, rejected: known } = this.#status;
    const state = waitingFor === undefined ? 'current' : 'waiting';
    if (before === 'failing') changes.record('generator-recovered', { generator: this.name });
    const said = new Set(known.map((one) => JSON.stringify(one)));
    for (const one of rejected) {
      if (said.has(JSON.stringify(one))) continue;
      logger.warn('registration-rejected', { generator: this.name, ...one });
    }
    this.#status = { state, reason: waitingFor, rejected };
    this.#backoff.reset();
  }

  #noteFailure(error: unknown): void {
    const { logger } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    const isNews = this.#status.state !== 'failing' || this.#status.reason !== reason;
    if (isNews) logger.error('generator-failed', { generator: this.name, error });
    this.#status = { ...this.#status, state: 'failing', reason };
  }
}
