import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { createStateKeeper, type StateKeeper } from '../lib/state-keeper.ts';
import type { Ensembles } from '../zookeeper/ensembles.ts';
import type { SessionCredentials } from '../zookeeper/session.ts';
import type { ServiceDefinition } from './definition.ts';
import type { DynamicServices } from './lifecycle/dynamic.ts';
import { holds, type Overrides, type Spell, stillValid } from './lifecycle/overrides.ts';
import { type RegisteredNode, RegisteredNodes } from './registered-nodes.ts';
import type { Service } from './service.ts';
import { loadNerveState, type NerveState, saveNerveState } from './state-file.ts';

export interface MemoryOptions {
  /** `null`: nothing outlives a restart. */
  readonly path: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where the present is asked for when it is to be kept. */
export interface MemorySources {
  readonly services: Iterable<Service>;
  readonly ensembles: Ensembles;
  readonly dynamic: DynamicServices;
}

/** What outlives a restart: read once at the start, written soon after each change. */
export class Memory {
  readonly #options: MemoryOptions;
  readonly #past: NerveState;
  readonly #nodes: RegisteredNodes;
  readonly #overrides: Map<string, Overrides>;
  readonly #keeper: StateKeeper;
  #sources: MemorySources | undefined;
  #hostDrained: Spell | undefined;

  static async load(options: MemoryOptions): Promise<Memory> {
    return new Memory(options, await loadNerveState(options.path, options.logger));
  }

  private constructor(options: MemoryOptions, past: NerveState) {
    const { path, clock, logger } = options;
    this.#options = options;
    this.#past = past;
    this.#nodes = new RegisteredNodes(past.registered);
    this.#overrides = new Map(Object.entries(past.overrides));
    this.#hostDrained = past.hostDrained;
    this.#keeper = createStateKeeper({
      path: path ?? '',
      clock,
      logger,
      write: async () => {
        if (path !== null) await saveNerveState(path, this.#snapshot());
      },
    });
  }

  /** By `ensembleKey`. */
  get sessions(): ReadonlyMap<string, SessionCredentials> {
    return new Map(Object.entries(this.#past.sessions));
  }

  get dynamic(): NerveState['dynamic'] {
    return this.#past.dynamic;
  }

  /** Of the whole host; `undefined` once it is over. */
  get hostDrained(): Spell | undefined {
    const isOver = !holds(this.#hostDrained, this.#options.clock.wallMs());
    return isOver ? undefined : this.#hostDrained;
  }

  set hostDrained(spell: Spell | undefined) {
    this.#hostDrained = spell;
    this.#keeper.request();
  }

  overridesOf(service: string): Overrides {
    return stillValid(this.#overrides.get(service) ?? {}, this.#options.clock.wallMs());
  }

  /** Whether the instance was registered when this was last written. */
  wasUp(definition: ServiceDefinition): boolean {
    return this.#nodes.has(definition);
  }

  /** Nodes of instances that are none of `definitions`. */
  orphans(definitions: Iterable<ServiceDefinition>): ReadonlyMap<string, RegisteredNode> {
    return this.#nodes.orphans(definitions);
  }

  forgetNodes(keys: Iterable<string>): void {
    this.#nodes.forget(keys);
    this.#keeper.request();
  }

  /** Every instance has left the registry. */
  forgetAllNodes(): void {
    this.#nodes.forget(this.orphans([]).keys());
  }

  forgetService(name: string): void {
    this.#overrides.delete(name);
    this.#keeper.request();
  }

  request(): void {
    this.#keeper.request();
  }

  /** Writes soon after each `request`, until aborted. */
  async keep(sources: MemorySources, signal: AbortSignal): Promise<void> {
    this.#sources = sources;
    await this.#keeper.run(signal);
  }

  async save(): Promise<void> {
    await this.#keeper.save();
  }

  /** Takes in what the services know at present. */
  learn(): void {
    for (const service of this.#sources?.services ?? []) {
      this.#nodes.learn(service);
      const { definition, overrides } = service;
      if (Object.keys(overrides).length > 0) this.#overrides.set(definition.name, overrides);
      else this.#overrides.delete(definition.name);
    }
  }

  /** The present, and the past where nothing is known yet. */
  #snapshot(): NerveState {
    this.learn();
    const { ensembles, dynamic } = this.#sources ?? {};
    const hostDrained = this.hostDrained;
    return {
      version: 1,
      bootId: this.#past.bootId,
      sessions: ensembles ? Object.fromEntries(ensembles.credentials()) : this.#past.sessions,
      registered: { ...this.#nodes.toJSON() },
      ...(hostDrained === undefined ? {} : { hostDrained }),
      overrides: Object.fromEntries(this.#overrides),
      dynamic: dynamic ? Object.fromEntries(dynamic.all) : this.#past.dynamic,
    };
  }
}
