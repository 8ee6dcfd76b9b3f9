import type { LogFields, Logger, LogLevel } from '../../agent/lib/logger.ts';

export interface RecordedLine extends LogFields {
  readonly level: LogLevel;
  readonly event: string;
}

export interface RecordingLogger extends Logger {
  readonly lines: readonly RecordedLine[];
  /** The events in order, for exact assertions. */
  events(): readonly string[];
}

export function createRecordingLogger(): RecordingLogger {
  const lines: RecordedLine[] = [];
  const make = (bound: LogFields): RecordingLogger => {
    const log =
      (level: LogLevel) =>
      (event: string, fields: LogFields = {}): void => {
        lines.push({ ...bound, ...fields, level, event });
      };
    return {
      lines,
      events: () => lines.map(({ event }) => event),
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      child: (fields) => make({ ...bound, ...fields }),
    };
  };
  return make({});
}
