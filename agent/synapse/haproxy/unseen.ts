/** While there is nobody to talk to, the file is what HAProxy will start from. */
import type { Clock } from '../../lib/clock.ts';
import type { FileKeeper } from './file-keeper.ts';
import { idle, type PassResult } from './pass-result.ts';
import type { Desired } from './plan.ts';
import type { Reloader } from './reload.ts';
import { noteReload, type RenewalOptions } from './renewal.ts';
import { newcomersIn } from './server-state-text.ts';

export interface UnseenOptions extends Omit<RenewalOptions, 'files' | 'reloader'> {
  readonly files: FileKeeper | undefined;
  readonly reloader: Reloader | undefined;
  /** Whether a process that runs can be told from one that does not. */
  readonly isWatched: boolean;
  readonly clock: Clock;
}

/** One that was there is restarted, most likely, and is told over its socket in a moment. */
const restartMs = 1_000;

export class UnseenProxy {
  readonly #options: UnseenOptions;
  #reloadIsOwed = false;
  #sinceMs: number | undefined;

  constructor(options: UnseenOptions) {
    this.#options = options;
  }

  /** It is there again, and shows by itself what it lacks. */
  end(): void {
    this.#sinceMs = undefined;
    this.#reloadIsOwed = false;
  }

  async pass(desired: Desired): Promise<PassResult> {
    const { files, pacer, sections, state, isWatched, clock } = this.#options;
    this.#sinceMs ??= clock.now();
    if (files === undefined) return idle;
    const wait = pacer.waitMs();
    if (!isWatched && wait > 0) return { ...idle, againInMs: wait };
    const published = await files.publish(sections, desired.servers);
    if (published === 'blamed') return { ...idle, againInMs: 0 };
    if (published === 'refused') return idle;
    const newcomers = newcomersIn(desired);
    if (newcomers.length > 0) await files.saveServerStates(sections, undefined, newcomers);
    state.expectStart(desired);
    this.#reloadIsOwed ||= published === 'written';
    const untilMs = state.hasMet ? this.#sinceMs + restartMs : 0;
    if (this.#reloadIsOwed && clock.now() < untilMs) {
      return { ...idle, againInMs: untilMs - clock.now() };
    }
    return await this.#reload();
  }

  /** It may run without the socket that the new text gives it. */
  async #reload(): Promise<PassResult> {
    const { reloader, pacer, sections, signal, isWatched, logger } = this.#options;
    if (!this.#reloadIsOwed || reloader === undefined) return idle;
    const result = await reloader.reload(undefined, sections.fingerprint, signal);
    // A process that can be watched shows by itself what it lacks.
    this.#reloadIsOwed = !result.ok && !isWatched;
    if (result.ok) noteReload(this.#options, ['the file changed']);
    else logger.debug('proxy-not-reloaded', { reason: result.reason });
    if (!this.#reloadIsOwed) return idle;
    // Again after the usual interval: it may just not have been started yet.
    pacer.reloaded();
    return { ...idle, againInMs: pacer.waitMs() };
  }
}
