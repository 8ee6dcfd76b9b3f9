/** What synapse remembers of the HAProxy it runs: the mutable part of `ManagedProxy`. */
import { createExclusive } from '../../lib/exclusive.ts';
import type { ActualServer, AdminState, ProcessInfo } from './answers.ts';
import type { Outcome } from './execute.ts';
import type { Look } from './observe.ts';
import { type Desired, type Memory, partsOf, type Step, serverKey, stepKey } from './plan.ts';
import { parseServerLines, type ServersByBackend } from './render.ts';
import type { Sections } from './sections.ts';
import { identified, idOf, type ServerLine, weighted, weightOf } from './server-line.ts';

export class RunningState implements Memory {
  /** For the files, which several configurations may work on while one succeeds another. */
  readonly exclusive = createExclusive();
  readonly applied = new Map<string, Map<string, ServerLine>>();
  readonly retiring = new Map<string, AdminState>();
  /** Flat keys: servers in maintenance that no request counts on, and since when (of the clock). */
  readonly unusedSince = new Map<string, number>();
  /** Weights that HAProxy was told, or was about to be, and that the file may not say yet. */
  readonly unwrittenWeights = new Map<string, number>();
  readonly unansweredWeights = new Set<string>();
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
  /** How servers in maintenance of ours run, by flat keys: for their instances' return. */
  readonly #retired = new Map<string, ServerLine>();
  /** While none answers: what the one that did has, if it runs on. */
  #lastSeen: ServersByBackend | undefined;

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
   * After a look at a process that did not answer before. If it is another than the last, somebody
   * restarted HAProxy, perhaps on a file that was behind: what its servers weigh, and by which ids it
   * knows them, is what it read there. If it is the same, it has read nothing.
   */
  meet(process: ProcessInfo, servers: readonly ActualServer[]): void {
    const last = this.#lastPid;
    const lastSeen = this.#lastSeen;
    this.process = process;
    this.#lastSeen = undefined;
    this.refused.clear();
    if (last === process.pid && lastSeen !== undefined) this.replaceAll({ servers: lastSeen });
    if (last === undefined || last === process.pid) this.#adoptWeights(servers);
    else this.#adoptMade(servers);
  }

  /** What another process read from the file. */
  #adoptMade(servers: readonly ActualServer[]): void {
    for (const server of servers) {
      const line = this.applied.get(server.backend)?.get(server.name);
      if (line === undefined) continue;
      const made = asMade(line, server);
      if (made !== line) this.#apply(server.backend, made);
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

  /** From the configuration file that synapse wrote in an earlier life, the user's lines included. */
  adoptFile(text: string, { backends }: Pick<Sections, 'backends'>): void {
    this.#lists.clear();
    for (const [backend, lines] of parseServerLines(text)) this.applied.set(backend, lines);
    for (const { backend, ownServers } of backends) {
      for (const name of ownServers) this.applied.get(backend)?.delete(name);
    }
  }

  /** None answers: one that starts loads `desired` from the file, and one that runs has not. */
  expectStart(desired: Pick<Desired, 'servers'>): void {
    for (const [backend, lines] of desired.servers) {
      for (const line of lines) {
        const before = this.weightOf(backend, line.name);
        const isOther = before !== undefined && before !== (weightOf(line) ?? 1);
        if (isOther) this.unansweredWeights.add(serverKey(backend, line.name));
      }
    }
    this.#lastSeen ??= this.servers();
    this.replaceAll(desired);
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
    for (const key of [...this.retiring.keys(), ...this.unusedSince.keys()]) {
      const { backend, server } = partsOf(key);
      const wasSeen = of === 'all' || of.has(backend);
      if (wasSeen && !running.get(backend)?.has(server)) this.#forget(backend, server);
    }
    for (const backend of of === 'all' ? this.applied.keys() : of) {
      const present = running.get(backend);
      for (const name of this.#linesOf(backend).keys()) {
        if (!present?.has(name)) this.#forget(backend, name);
      }
    }
  }

  /**
   * A server that runs, should be there and is unknown counts as made from its line, but for the
   * weight: one whose adding got no answer may have begun to drain since. One that was retired runs as
   * it did.
   */
  adoptRunning(desired: Pick<Desired, 'servers'>, { index }: Pick<Look, 'index'>): void {
    for (const [backend, lines] of desired.servers) {
      const present = index.get(backend);
      const own = this.#linesOf(backend);
      for (const line of lines) {
        const server = present?.get(line.name);
        if (server && !own.has(line.name)) this.#apply(backend, this.#asRunning(line, server));
      }
    }
    this.#settleWeights(desired, index);
  }

  #asRunning(line: ServerLine, server: ActualServer): ServerLine {
    const key = serverKey(server.backend, server.name);
    const retired = this.#retired.get(key);
    if (retired !== undefined) return retired;
    // Retired by an earlier life, perhaps after it had been drained.
    return this.retiring.has(key) ? weighted(line, server.weight) : asMade(line, server);
  }

  /** Who has the weight that it should have needs no answer: another one later is set by hand. */
  #settleWeights({ servers }: Pick<Desired, 'servers'>, index: Look['index']): void {
    for (const key of this.unansweredWeights) {
      const { backend, server } = partsOf(key);
      const line = servers.get(backend)?.find(({ name }) => name === server);
      const weight = index.get(backend)?.get(server)?.weight;
      if (line && weight === (weightOf(line) ?? 1)) this.unansweredWeights.delete(key);
    }
  }

  /** Before a step is carried out: a kill in between must not make what we did look foreign. */
  foresee(step: Step): void {
    const key = serverKey(step.backend, step.server);
    if (step.kind === 'retire-server') this.retiring.set(key, step.was);
    if (step.kind === 'set-weight') {
      this.unwrittenWeights.set(key, step.weight);
      this.unansweredWeights.add(key);
    }
    // It is in maintenance, though the answer to that may be lost.
    if (step.kind === 'delete-server') this.#takeOut(step.backend, step.server);
  }

  /** The file says what `weights` were, when it was written, save those without an answer. */
  forgetWritten(weights: ReadonlyMap<string, number>): void {
    for (const [key, weight] of weights) {
      const isSaid = this.unwrittenWeights.get(key) === weight && !this.unansweredWeights.has(key);
      if (isSaid) this.unwrittenWeights.delete(key);
    }
  }

  record(step: Step, outcome: Outcome, desired: Pick<Desired, 'servers'>): void {
    const key = serverKey(step.backend, step.server);
    if (step.kind === 'set-weight') this.unansweredWeights.delete(key);
    if (outcome.kind === 'refused') {
      this.refused.add(stepKey(step));
      // It is in no maintenance of ours.
      if (step.kind === 'retire-server') this.retiring.delete(key);
    }
    if (outcome.kind !== 'done') return;
    if (step.kind === 'restore-server') this.#forgetRetired(key);
    if (step.kind === 'delete-server') this.#forget(step.backend, step.server);
    if (step.kind === 'retire-server') this.#takeOut(step.backend, step.server);
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

  /** Whether an earlier answer of `servers` is still the answer. */
  stillHas(servers: ServersByBackend): boolean {
    const backends = [...this.applied.keys()];
    return backends.every((backend) => servers.get(backend) === this.linesOf(backend));
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

  /** Out of the file at once: a reload must not bring it back. An instance that returns has it back. */
  #takeOut(backend: string, name: string): void {
    const line = this.applied.get(backend)?.get(name);
    if (line === undefined) return;
    this.#retired.set(serverKey(backend, name), line);
    this.#drop(backend, name);
  }

  #forget(backend: string, name: string): void {
    this.#forgetRetired(serverKey(backend, name));
    this.#drop(backend, name);
    this.unansweredWeights.delete(serverKey(backend, name));
  }

  #forgetRetired(key: string): void {
    this.retiring.delete(key);
    this.unusedSince.delete(key);
    this.#retired.delete(key);
  }

  #drop(backend: string, name: string): void {
    if (this.#linesOf(backend).delete(name)) this.#lists.delete(backend);
    this.unwrittenWeights.delete(serverKey(backend, name));
  }

  #linesOf(backend: string): Map<string, ServerLine> {
    return this.applied.get(backend) ?? new Map<string, ServerLine>();
  }
}

/** The line with the weight and the id that the server was made with; itself where it has them. */
function asMade(line: ServerLine, { initialWeight, id }: ActualServer): ServerLine {
  const isSame = (weightOf(line) ?? 1) === initialWeight && (idOf(line) ?? id) === id;
  return isSame ? line : identified(weighted(line, initialWeight), id);
}
