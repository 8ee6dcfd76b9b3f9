/** What a drill plays on: breaks, watches the clock, keeps what is to be judged. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../faults/fault.ts';
import { eventually } from '../support/poll.ts';
import type { TrafficRecorder } from '../traffic/record.ts';
import type { Absence } from './absences.ts';
import type { Broken, Expectation, Stage } from './drill.ts';
import type { Cut } from './failures.ts';
import type { Heals } from './heals.ts';
import type { Inventory } from './inventory.ts';
import { type ProcessState, processes } from './laws/processes.ts';
import { judge, type Limit } from './limits.ts';
import type { DrillObserver, DrillTimes, FaultWindow, JudgedLimit, PhaseName } from './outcome.ts';
import type { Watch } from './watch/watch.ts';

const pollMs = 40;
/** How far beyond a limit is looked, to tell by how much it was missed. */
const beyondMs = 20_000;
const patienceMs = 60_000;

export interface StageParts {
  readonly inventory: Inventory;
  readonly watch: Watch;
  readonly heals: Heals;
  readonly observer: DrillObserver;
  readonly signal: AbortSignal;
  readonly enter: (phase: PhaseName) => void;
}

export class LiveStage implements Stage {
  readonly inventory: Inventory;
  readonly watch: Watch;
  readonly signal: AbortSignal;
  readonly limits: JudgedLimit[] = [];
  readonly notes: string[] = [];
  readonly windows: { -readonly [Key in keyof FaultWindow]: FaultWindow[Key] }[] = [];
  readonly cuts: Cut[] = [];
  readonly expectations: Expectation[] = [];
  readonly absences: { -readonly [Key in keyof Absence]: Absence[Key] }[] = [];
  /** What daemons' gains are measured from. */
  before: readonly ProcessState[] = [];
  moments: DrillTimes = {};
  traffic: TrafficRecorder | undefined;
  readonly #parts: StageParts;

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.inventory = parts.inventory;
    this.watch = parts.watch;
    this.signal = parts.signal;
  }

  async break(fault: Fault): Promise<Broken> {
    this.#parts.signal.throwIfAborted();
    this.#parts.enter('break');
    this.#parts.observer.noted(`${fault.what} on ${fault.hosts.join(', ')}`);
    this.expectations.push(fault);
    const window = { what: fault.what, hosts: fault.hosts, fromAtMs: Date.now(), toAtMs: 0 };
    this.windows.push(window);
    const heal = this.#parts.heals.add(() => fault.heal(this.inventory));
    const atMs = await fault.break(this.inventory);
    if (fault.cutsConnections === true) this.cuts.push({ fromAtMs: window.fromAtMs, atMs });
    this.#parts.enter('observe');
    return {
      atMs,
      heal: async () => {
        this.#parts.enter('heal');
        this.comeBack();
        await heal();
        window.toAtMs ||= Date.now();
        this.#parts.enter('observe');
        return window.toAtMs;
      },
    };
  }

  async within(limit: Limit, fromMs: number, moment: () => number | undefined): Promise<number> {
    const deadline = fromMs + limit.limit + beyondMs;
    for (;;) {
      this.#parts.signal.throwIfAborted();
      const at = moment();
      if (at !== undefined) {
        const measured = Math.max(0, Math.round(at - fromMs));
        this.#judge(judge(limit, measured));
        return measured;
      }
      if (Date.now() > deadline) {
        this.#judge(judge(limit, undefined));
        throw new Error(`${limit.name}: not after ${Math.round(Date.now() - fromMs)} ms`);
      }
      await delay(pollMs);
    }
  }

  async until(
    what: string,
    probe: () => Promise<void> | void,
    deadlineMs: number = patienceMs,
  ): Promise<void> {
    const { signal } = this.#parts;
    try {
      await eventually(deadlineMs, async () => {
        if (!signal.aborted) await probe();
      });
    } catch (error) {
      throw new Error(`${what}: not after ${deadlineMs} ms`, { cause: error });
    }
    signal.throwIfAborted();
  }

  judge(limit: Limit, measured: number): void {
    this.#judge(judge(limit, measured));
  }

  isOut(absence: Omit<Absence, 'toAtMs'>): void {
    this.absences.push({ ...absence });
  }

  comeBack(): void {
    for (const absence of this.absences) absence.toAtMs ??= Date.now();
  }

  async requestsPass(count: number): Promise<void> {
    const { traffic } = this;
    if (traffic === undefined) throw new Error('there is no traffic');
    const from = traffic.live().sent;
    await this.until(`${count} more requests`, () => {
      if (traffic.live().sent < from + count) throw new Error('not yet');
    });
  }

  async warmedUp(): Promise<void> {
    this.before = await processes(this.inventory);
  }

  note(text: string): void {
    this.notes.push(text);
    this.#parts.observer.noted(text);
  }

  times(times: DrillTimes): void {
    this.moments = { ...this.moments, ...times };
  }

  expect(what: Expectation): void {
    this.expectations.push(what);
  }

  #judge(limit: JudgedLimit): void {
    this.limits.push(limit);
    const { name, measured, unit } = limit;
    this.#parts.observer.noted(
      `${limit.passed ? '' : 'FAILED: '}${name}: ${measured ?? 'never'} ${unit} (limit ${limit.limit})`,
    );
  }
}
