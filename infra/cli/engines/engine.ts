import type { ValueMap } from '../../engine/values.ts';
import type { View } from '../progress/view.ts';

/** What the commands need of either engine. */
export interface Engine {
  /** Says in one line which engine runs. */
  readonly description: string;
  /** It runs in a process of its own, which hears Ctrl-C by itself. */
  readonly hearsInterrupt: boolean;
  /** All three print what they do, and resolve to whether everything went well. */
  up(view: View, interrupt: Interrupt): Promise<RunEnd>;
  preview(view: View, interrupt: Interrupt): Promise<RunEnd>;
  down(view: View, interrupt: Interrupt): Promise<RunEnd>;
  /** The stack's outputs after the last `up`, secrets laid open; empty without one. */
  outputs(): Promise<ValueMap>;
  /** Drops what stands on these hosts from the state, undone or not; resolves to how much that was. */
  forget(hosts: readonly string[]): Promise<number>;
}

export type RunEnd = 'done' | 'failed' | 'interrupted';

/** Ctrl-C: first `stop` (begin nothing new), a few seconds later `kill` (end what runs). */
export interface Interrupt {
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
}
