import type { Logger } from './logger.ts';

/** Tells of options that differ from those of the start, and that only a restart takes in. */
export interface RestartNotice<C> {
  /** Says what it has not said of this configuration's predecessor already. */
  follow(config: C): void;
}

export function createRestartNotice<C>(
  started: C,
  options: readonly (keyof C & string)[],
  logger: Logger,
): RestartNotice<C> {
  let said: readonly string[] = [];
  return {
    follow: (config) => {
      const waiting = options.filter((option) => config[option] !== started[option]);
      for (const option of waiting) {
        if (!said.includes(option)) logger.warn('option-needs-restart', { option });
      }
      said = waiting;
    },
  };
}
