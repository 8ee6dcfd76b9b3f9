import type { EngineEvent } from '../../engine/events.ts';
import type { EngineResult } from '../../engine/run.ts';

export type Mode = 'up' | 'preview' | 'down';

/** Shows a run of the built-in engine to a person. */
export interface View {
  event(event: EngineEvent): void;
  end(mode: Mode, result: EngineResult, ms: number): void;
  /** A line from outside the engine. */
  note(line: string): void;
}
