import type { LogFields, Logger } from '../../lib/logger.ts';

/** Hands each line on, and its event to `count`: a transition that is told of is one to count. */
export function countingLogger(
  logger: Logger,
  count: (event: string, fields: LogFields) => void,
  bound: LogFields = {},
): Logger {
  const also =
    (level: 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}): void => {
      logger[level](event, fields);
      count(event, { ...bound, ...fields });
    };
  return {
    debug: (event, fields) => logger.debug(event, fields),
    info: also('info'),
    warn: also('warn'),
    error: also('error'),
    child: (fields) => countingLogger(logger.child(fields), count, { ...bound, ...fields }),
  };
}
