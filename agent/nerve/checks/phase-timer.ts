import { systemClock } from '../../lib/clock.ts';

/** The time-out of one phase after the other. */
export interface PhaseTimer {
  /** The phase before has ended. */
  begin(phase: string, ms: number): void;
  /** The last one has. */
  end(): void;
}

export function createPhaseTimer(fail: (error: Error) => void): PhaseTimer {
  let end = (): void => {};
  return {
    begin: (phase, ms) => {
      end();
      end = systemClock.after(ms, () =>
        fail(new Error(`${phase} not finished within ${Math.round(ms)} ms`)),
      );
    },
    end: () => end(),
  };
}
