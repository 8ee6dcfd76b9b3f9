/** The last things that synapse did to its proxy, for its status and its log. */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

export interface Change {
  readonly at: string;
  /** In kebab-case, as in the log. */
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ChangeLog {
  /** Logs a transition and remembers it. */
  record(event: string, detail?: Readonly<Record<string, unknown>>): void;
  /** Latest first. */
  recent(): readonly Change[];
  /** How many there were so far. */
  readonly count: number;
}

const remembered = 50;

export function createChangeLog(clock: Clock, logger: Logger): ChangeLog {
  const changes: Change[] = [];
  let count = 0;
  return {
    record: (event, detail = {}) => {
      logger.info(event, detail);
      changes.unshift({ at: new Date(clock.wallMs()).toISOString(), event, detail });
      changes.length = Math.min(changes.length, remembered);
      count += 1;
    },
    recent: () => [...changes],
    get count() {
      return count;
    },
  };
}
