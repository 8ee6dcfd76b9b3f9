import type { NerveConfig } from '../config/nerve.ts';
import type { Clock } from '../lib/clock.ts';
import { watchFolder } from '../lib/folder-watch.ts';
import type { Logger } from '../lib/logger.ts';
import { keepHeartbeat } from './heartbeat.ts';

export interface ChoresOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly onFolderChange: () => Promise<void>;
}

type Followed = Pick<NerveConfig, 'service_conf_dir' | 'heartbeat_path'>;

/** What goes on beside the services: the folder is followed, the heartbeat file touched. */
export class Chores {
  readonly #options: ChoresOptions;
  readonly #running = new Map<string, AbortController>();
  #isOver = false;

  constructor(options: ChoresOptions) {
    this.#options = options;
  }

  /** Starts and ends what differs from before; does not wait for what ends. */
  follow({ service_conf_dir: folder, heartbeat_path: heartbeat }: Followed): void {
    if (this.#isOver) return;
    const { clock, random, onFolderChange: onChange } = this.#options;
    const wanted = new Map<string, (signal: AbortSignal) => Promise<void>>();
    if (folder !== undefined) {
      wanted.set(`watch ${folder}`, (signal) =>
        watchFolder({ path: folder, clock, random, onChange }, signal),
      );
    }
    if (heartbeat !== undefined) {
      wanted.set(`touch ${heartbeat}`, (signal) => keepHeartbeat(heartbeat, this.#options, signal));
    }
    for (const [name, abort] of this.#running) {
      if (wanted.has(name)) continue;
      abort.abort();
      this.#running.delete(name);
    }
    for (const [name, run] of wanted) {
      if (this.#running.has(name)) continue;
      const abort = new AbortController();
      this.#running.set(name, abort);
      void run(abort.signal);
    }
  }

  /** For good: a reload that is under way follows nothing any more. */
  stop(): void {
    this.#isOver = true;
    for (const abort of this.#running.values()) abort.abort();
    this.#running.clear();
  }
}
