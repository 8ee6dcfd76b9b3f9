/** What synapse remembers of the HAProxy it runs: the mutable part of `ManagedProxy`. */
import { createExclusive } from '../../lib/exclusive.ts';
import type { ActualServer, AdminState, ProcessInfo } from './answers.ts';
import type { Outcome } from './execute.ts';
import type { Look } from './observe.ts';
import { type Desired, type Memory, partsOf, type Step, serverKey, stepKey } from './plan.ts';
import { parseServerLines, type ServersByBackend } from './render.ts';
import { identified, idOf, type ServerLine, weighted, weightOf } from './server-line.ts';

export class RunningState implements Memory {
  /** For the files, which several configurations may work on while one succeeds another. */
  readonly exclusive = createExclusive();
  readonly applied = new Map<string, Map<string, ServerLine>>();
  readonly retiring = new Map<string, AdminState>();
  /** Weights that HAProxy was told, or was about to be, and that the file may not say yet. */
  readonly unwrittenWeights = new Map<string, number>();
  readonly refused = new Set<string>();
  /** `refusedKey`s of lines with which HAProxy does not take the file. */
  readonly refusedLines = new Set<string>();
  /** Why HAProxy does not take the text that synapse would write; `undefined`: it does. */
  complaint: string | undefined;
  /** Since synapse started. */
  reloads = 0;
  #process: ProcessInfo | undefined;
  #lastPid: number | undefined;
  /** `applied` as lists, which stay the same while their backend does. */
  readonly #lists = new Map<string, readonly ServerLine[]>();

  /** As it answered last; `undefined`: it does not. */
  get process(): ProcessInfo | undefined {
    return this.#process;
  }

  set process(process: ProcessInfo | undefined) {
    this.#process = process;
    this.#lastPid = process?.pid ?? this.#lastPid;
  }

  get hasMet(): boolean {
    return this.#lastPid !== undefined;
  }

  /**
   * After a look at another process than the last: somebody restarted HAProxy, perhaps on a file
   * that was behind. What its servers weigh, and by which ids it knows them, is what it read there.
   */
  meet(process: ProcessInfo, servers: readonly ActualServer[]): void {
    const isAnother = this.#lastPid !== undefined && this.#lastPid !== process.pid;
    this.process = process;
    this.refused.clear();
    if (!isAnother) {
      this.#adoptWeights(servers);
      return;
    }
    for (const { backend, name, initialWeight, id } of servers) {
      const line = this.applied.get(backend)?.get(name);
      if (line === undefined) continue;
      const isSame = (weightOf(line) ?? 1) === initialWeight && (idOf(line) ?? id) === id;
      if (!isSame) this.#apply(backend, identified(weighted(line, initialWeight), id));
    }
  }

  /** Those of an earlier life that ended before the file followed. */
  #adoptWeights(servers: readonly ActualServer[]): void {
    for (const { backend, name, weight } of servers) {
      const line = this.applied.get(backend)?.get(name);
      const isOurs = this.unwrittenWeights.get(serverKey(backend, name)) === weight;
      if (line !== undefined && isOurs) this.#apply(backend, weighted(line, weight));
    }
  }

  /** From the configuration file that synapse wrote in an earlier life. */
  adoptFile(text: string): void {
    this.#lists.clear();
    for (const [backend, lines] of parseServerLines(text)) this.applied.set(backend, lines);
  }

  /** All of `desired` is what runs now: it was loaded from the file. */
  replaceAll({ servers }: Pick<Desired, 'servers'>): void {
    this.applied.clear();
    this.#lists.clear();
    for (const [backend, lines] of servers) {
      this.applied.set(backend, new Map(lines.map((line) => [line.name, line])));
    }
    this.refused.clear();
  }

  /** What a look did not find is gone: nobody is to have it back because it was there once. */
  forgetGone({ of, index: running }: Pick<Look, 'of' | 'index'>): void {
    for (const key of this.retiring.keys()) {
      const { backend, server } = partsOf(key);
      const wasSeen = of === 'all' || of.has(backend);
      if (wasSeen && !running.get(backend)?.has(server)) this.retiring.delete(key);
    }
    for (const backend of of === 'all' ? this.applied.keys() : of) {
      const present = running.get(backend);
      for (const name of this.#linesOf(backend).keys()) {
        if (!present?.has(name)) this.#drop(backend, name);
      }
    }
  }

  /** A server that runs, should be there and is unknown counts as made from its line. */
  adoptRunning(desired: Pick<Desired, 'servers'>, { index }: Pick<Look, 'index'>): void {
    for (const [backend, lines] of desired.servers) {
      const present = index.get(backend);
      const own = this.#linesOf(backend);
      for (const line of lines) {
        if (present?.has(line.name) && !own.has(line.name)) this.#apply(backend, line);
      }
    }
  }

  /** Before a step is carried out: a kill in between must not make what we did look foreign. */
  foresee(step: Step): void {
    const key = serverKey(step.backend, step.server);
    if (step.kind === 'retire-server') this.retiring.set(key, step.was);
    if (step.kind === 'set-weight') this.unwrittenWeights.set(key, step.weight);
  }

  /** The file says what `weights` were, when it was written. */
  forgetWritten(weights: ReadonlyMap<string, number>): void {
    for (const [key, weight] of weights) {
      if (this.unwrittenWeights.get(key) === weight) this.unwrittenWeights.delete(key);
    }
  }

  record(step: Step, outcome: Outcome, desired: Pick<Desired, 'servers'>): void {
    const key = serverKey(step.backend, step.server);
    if (outcome.kind === 'refused') {
      this.refused.add(stepKey(step));
      // It is in no maintenance of ours.
      if (step.kind === 'retire-server') this.retiring.delete(key);
    }
    if (outcome.kind !== 'done') return;
    if (step.kind === 'restore-server') this.retiring.delete(key);
    if (step.kind === 'delete-server') {
      this.retiring.delete(key);
      this.#drop(step.backend, step.server);
    }
    // Out of the file at once: a reload must not bring it back.
    if (step.kind === 'retire-server') this.#drop(step.backend, step.server);
    const line = desired.servers.get(step.backend)?.find(({ name }) => name === step.server);
    if (line !== undefined) this.#apply(step.backend, line);
  }

  /** As `id` words of these backends' lines, and of servers that are still there. */
  ids(
    backends: Iterable<string>,
    actual: readonly ActualServer[],
  ): ReadonlyMap<string, ReadonlyMap<string, number>> {
    const ids = new Map<string, Map<string, number>>();
    const add = (backend: string, name: string, id: number | undefined): void => {
      if (id === undefined || id <= 0) return;
      ids.set(backend, (ids.get(backend) ?? new Map<string, number>()).set(name, id));
    };
    for (const backend of backends) {
      for (const line of this.#linesOf(backend).values()) add(backend, line.name, idOf(line));
    }
    for (const { backend, name, id } of actual) add(backend, name, id);
    return ids;
  }

  /** What the file must say to agree with the process. */
  servers(): ServersByBackend {
    return new Map([...this.applied.keys()].map((backend) => [backend, this.linesOf(backend)]));
  }

  /** The same list as long as nothing changes. */
  readonly linesOf = (backend: string): readonly ServerLine[] => {
    const list = this.#lists.get(backend) ?? [...this.#linesOf(backend).values()];
    this.#lists.set(backend, list);
    return list;
  };

  /** That which synapse gave the server; `undefined`: it is not synapse's. */
  readonly weightOf = (backend: string, server: string): number | undefined => {
    const line = this.applied.get(backend)?.get(server);
    return line && (weightOf(line) ?? 1);
  };

  #apply(backend: string, line: ServerLine): void {
    this.applied.set(backend, this.#linesOf(backend).set(line.name, line));
    this.#lists.delete(backend);
  }

  #drop(backend: string, name: string): void {
    this.#linesOf(backend).delete(name);
    this.#lists.delete(backend);
    this.unwrittenWeights.delete(serverKey(backend, name));
  }

  #linesOf(backend: string): Map<string, ServerLine> {
    return this.applied.get(backend) ?? new Map<string, ServerLine>();
  }
}
