import type { Clock } from './clock.ts';
import { type LogFields, type Logger, type LogLevel, renderErrors } from './logger.ts';

/** A line of the log: its fields stand beside `event`, as JSON has them. */
export interface LogEvent extends LogFields {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  readonly event: string;
}

export interface RecentOptions {
  /** The newest ones; default: all. */
  readonly limit?: number;
  /** Only those whose fields, `level` and `event` among them, read so. */
  readonly matching?: Readonly<Record<string, string>>;
}

/** The last lines of the log, for those who cannot read the journal. */
export interface EventRing {
  /** A logger that also remembers what it logs, from `info` up. */
  tee(logger: Logger): Logger;
  /** Oldest first. */
  recent(options?: RecentOptions): readonly LogEvent[];
}

export interface EventRingOptions {
  /** How many it holds. */
  readonly size: number;
  readonly clock: Clock;
}

/** A longer one is remembered without its fields, so that `size` bounds the memory too. */
const longestEvent = 4_096;

export function createEventRing({ size, clock }: EventRingOptions): EventRing {
  // Text is a third of what objects take, and nobody can change it later.
  const lines: string[] = [];
  const remember = (level: LogLevel, event: string, fields: LogFields): void => {
    const line = { time: new Date(clock.wallMs()).toISOString(), level, event };
    const whole = JSON.stringify({ ...fields, ...line }, renderErrors);
    const fits = whole.length <= longestEvent;
    lines.push(fits ? whole : JSON.stringify({ ...line, left_out: Object.keys(fields) }));
    if (lines.length > size) lines.shift();
  };
  const tee = (logger: Logger, bound: LogFields): Logger => {
    const also =
      (level: 'info' | 'warn' | 'error') =>
      (event: string, fields: LogFields = {}): void => {
        logger[level](event, fields);
        remember(level, event, { ...bound, ...fields });
      };
    return {
      debug: (event, fields) => logger.debug(event, fields),
      info: also('info'),
      warn: also('warn'),
      error: also('error'),
      child: (fields) => tee(logger.child(fields), { ...bound, ...fields }),
    };
  };
  return {
    tee: (logger) => tee(logger, {}),
    recent: ({ limit = size, matching = {} } = {}) => {
      const wanted = Object.entries(matching);
      const found = lines
        .map((line): LogEvent => JSON.parse(line))
        .filter((one) => wanted.every(([key, value]) => reads(one, key, value)));
      return limit > 0 ? found.slice(-limit) : [];
    },
  };
}

function reads(event: LogEvent, key: string, value: string): boolean {
  return Object.hasOwn(event, key) && String(event[key]) === value;
}
