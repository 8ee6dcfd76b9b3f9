import { hostname } from 'node:os';
import type { Clock } from './clock.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log: one JSON object a line, `event` names the transition in kebab-case. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
}

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface LoggerOptions {
  readonly clock: Clock;
  readonly level: LogLevel;
  /** Receives each finished line, without a line feed. */
  readonly write: (line: string) => void;
  readonly fields?: LogFields;
}

/** JSON.stringify escapes control characters, so that no value can forge a second line. */
export function createLogger(options: LoggerOptions): Logger {
  const log = (level: LogLevel, event: string, fields: LogFields = {}): void => {
    if (rank[level] < rank[options.level]) return;
    const time = new Date(options.clock.wallMs()).toISOString();
    options.write(
      JSON.stringify({ time, level, event, ...options.fields, ...fields }, renderErrors),
    );
  };
  return {
    debug: (event, fields) => log('debug', event, fields),
    info: (event, fields) => log('info', event, fields),
    warn: (event, fields) => log('warn', event, fields),
    error: (event, fields) => log('error', event, fields),
    child: (fields) => createLogger({ ...options, fields: { ...options.fields, ...fields } }),
  };
}

/** Writes to standard error, which systemd hands to the journal. */
export function createProcessLogger(clock: Clock, level: LogLevel, daemon: string): Logger {
  const write = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  return createLogger({ clock, level, write, fields: { daemon, host: hostname() } });
}

/** For JSON.stringify, which makes nothing of an error by itself. */
export function renderErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? describeError(value) : value;
}

function describeError(error: Error): object {
  const cause = error.cause === undefined ? {} : { cause: String(error.cause) };
  return { name: error.name, message: error.message, ...cause };
}
