import type { Fault } from '../faults/fault.ts';
import type { TrafficPlan, TrafficRecord } from '../traffic/record.ts';
import type { Absence } from './absences.ts';
import type { Inventory } from './inventory.ts';
import type { Limit } from './limits.ts';
import type { Scene } from './moments.ts';
import type { DrillSet, DrillTimes } from './outcome.ts';

/**
 * The harness waits for a steady state, lets `play` break and observe, heals what was broken
 * (always), waits until all is as before, and judges.
 */
export interface Drill {
  readonly title: string;
  readonly set: DrillSet;
  /** One sentence: what is broken, and what must be true all the same. */
  readonly about: string;
  /** Fast enough for every change of the code. */
  readonly quick: boolean;
  /** Why it cannot run on this stack, in words; `undefined` where it can. */
  readonly cannot?: (inventory: Inventory) => Promise<string | undefined> | string | undefined;
  /** The default: every host asks all services in all ways. */
  readonly traffic?: (inventory: Inventory) => TrafficPlan;
  readonly play: (stage: Stage) => Promise<void>;
  /** From the end of healing until all is as before. */
  readonly recovers?: Limit;
  /** No limit but the harness's patience otherwise. */
  readonly patienceMs?: number;
}

/** A fault that took place. */
export interface Broken {
  /** When it did, or had done at the latest. */
  readonly atMs: number;
  /** Once; the harness does it where the drill does not. Resolves to when it was healed. */
  heal(): Promise<number>;
}

export interface Stage extends Scene {
  readonly inventory: Inventory;
  /** Fires on Ctrl-C: nothing more is broken, what is broken is healed. */
  readonly signal: AbortSignal;
  break(fault: Fault): Promise<Broken>;
  /**
   * Looks until `moment` is there (an instant since the epoch) and judges how long that took from
   * `fromMs`. Patient well beyond the limit, to tell by how much it was missed.
   */
  within(limit: Limit, fromMs: number, moment: () => number | undefined): Promise<number>;
  /** Looks until `probe` no longer throws. */
  until(what: string, probe: () => Promise<void> | void, deadlineMs?: number): Promise<void>;
  judge(limit: Limit, measured: number): void;
  /** From then on, until something is healed or `comeBack`: these hosts ask an instance nothing. */
  isOut(absence: Omit<Absence, 'toAtMs'>): void;
  /** From here on may be asked what was out. */
  comeBack(): void;
  /** Lets so many more requests go by: to see that nothing happens. */
  requestsPass(count: number): Promise<void>;
  /** From here on is judged what daemons gain: what came before was to warm them up. */
  warmedUp(): Promise<void>;
  note(text: string): void;
  times(times: DrillTimes): void;
  expect(what: Expectation): void;
}

/** What a drill does on purpose, beyond what its faults say of themselves. */
export interface Expectation {
  /** Requests that may fail, beside those on TCP connections from before a fault. */
  readonly mayFail?: (record: TrafficRecord) => boolean;
  /** Replaces the limit on failed requests: partitions and power-offs have others. */
  readonly failures?: readonly {
    readonly limit: Limit;
    readonly counts: (record: TrafficRecord) => boolean;
  }[];
  /** Units that restart, `*` for all, on a host. */
  readonly restarts?: readonly { readonly host: string; readonly unit: string }[];
  /** Hosts whose HAProxy is reloaded on purpose. */
  readonly reloads?: readonly string[];
  /** Lines of daemons' logs that the drill causes. */
  readonly logs?: readonly RegExp[];
}
