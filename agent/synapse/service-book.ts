/** What is known of each configured service, and who watches it. */
import type { ServiceConfig } from '../config/synapse.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { DepartedInstance } from './departures.ts';
import {
  emptyGuard,
  expiredPlaces,
  type Held,
  letGo,
  placeOf,
  type Release,
} from './guard/guard.ts';
import { reportGuard } from './guard/report.ts';
import { type Hands, stillValid } from './hands/hands.ts';
import { type Instance, serverName } from './instance.ts';
import {
  afterAnswer,
  beforeOtherSource,
  expectedOf,
  fromMemory,
  type KnownService,
  nothingRemembered,
  type Remembered,
  selectionOf,
} from './known-service.ts';
import type { SynapseMetrics } from './metrics/metrics.ts';
import type { Scope } from './scope.ts';
import type { Member, Selection } from './select.ts';
import { fallbackPortOf, needsFallbackPort } from './watchers/fallback-port.ts';
import type { Found, Watcher, WatcherLink } from './watchers/watcher.ts';

export type CreateWatcher = (name: string, config: ServiceConfig, link: WatcherLink) => Watcher;

export interface ServiceBookOptions {
  readonly createWatcher: CreateWatcher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Instances of some services changed. */
  readonly onChange: (services: Scope) => void;
  /** A watcher failed for a reason that is ours: the daemon must end. */
  readonly onFault: (error: unknown) => void;
  /** From the state file. */
  readonly lastKnown: ReadonlyMap<string, Remembered>;
  readonly metrics: Pick<SynapseMetrics, 'watcherStarted' | 'watcherStopped' | 'answered'>;
}

export interface ServiceEntry {
  readonly config: ServiceConfig;
  readonly watcher: Watcher;
  readonly found: Found | undefined;
  readonly previous: readonly Instance[];
  /** Instances that left on purpose and are not back; whoever else is missing said nothing. */
  readonly departed: readonly DepartedInstance[];
  readonly known: KnownService;
  readonly selection: Selection;
}

interface Entry {
  config: ServiceConfig;
  readonly watcher: Watcher;
  readonly stop: AbortController;
  known: KnownService;
  /** Of `known` and `config` as they were then. */
  selected: { readonly of: readonly unknown[]; readonly selection: Selection } | undefined;
}

export class ServiceBook {
  readonly #options: ServiceBookOptions;
  readonly #entries = new Map<string, Entry>();
  /** For the first configuration: a service that comes later, or again, starts afresh. */
  #lastKnown: ReadonlyMap<string, Remembered>;
  #answered: (() => void)[] = [];

  constructor(options: ServiceBookOptions) {
    this.#options = options;
    this.#lastKnown = options.lastKnown;
  }

  /** A service whose sources stay the same keeps its watcher and what that found. */
  configure(services: Readonly<Record<string, ServiceConfig>>): void {
    for (const [name, entry] of this.#entries) {
      const config = Object.hasOwn(services, name) ? services[name] : undefined;
      if (config !== undefined && hasSameSources(config, entry.config)) this.#adapt(entry, config);
      else this.#drop(name, entry, config);
    }
    for (const [name, config] of Object.entries(services)) {
      if (this.#entries.has(name)) continue;
      this.#add(name, config, fromMemory(this.#lastKnown.get(name) ?? nothingRemembered));
    }
    this.#lastKnown = new Map();
    this.#options.onChange('all');
  }

  entries(): ReadonlyMap<string, ServiceEntry> {
    return new Map([...this.#entries].map(([name, entry]) => [name, describe(entry)]));
  }

  entry(name: string): ServiceEntry | undefined {
    const entry = this.#entries.get(name);
    return entry && describe(entry);
  }

  /** Of the services that something is known of: the others are not empty (law 2). */
  instances(): ReadonlyMap<string, readonly Instance[]> {
    return new Map(
      [...this.#entries].flatMap(([name, entry]) => {
        const { instances, source } = selected(entry);
        return source === 'none' && isWaiting(entry) ? [] : [[name, instances] as const];
      }),
    );
  }

  /** For the state file. */
  remembered(): ReadonlyMap<string, Remembered> {
    return new Map(
      [...this.#entries].map(
        ([
          name,
          {
            known: { previous, guard, hands },
          },
        ]) => [name, { previous, held: guard.held, hands }],
      ),
    );
  }

  /** Service → its members that the guard holds; services without any are left out. */
  guarded(): ReadonlyMap<string, readonly Member[]> {
    const all = [...this.#entries].filter(([, { known }]) => known.guard.held.length > 0);
    return new Map(
      all.map(([name, entry]) => [
        name,
        selected(entry).members.filter(({ guarded }) => guarded !== undefined),
      ]),
    );
  }

  /** Ends holds before their time. */
  release(service: string, held: readonly Held[], why: Release): void {
    const entry = this.#entries.get(service);
    const places = new Set(held.map(({ instance }) => placeOf(instance)));
    if (entry !== undefined && this.#letGo(service, entry, places, why)) this.#tell([service]);
  }

  /** What operators decided. `false` where there is no such service. */
  decide(service: string, how: (hands: Hands) => Hands): boolean {
    const entry = this.#entries.get(service);
    if (entry === undefined) return false;
    entry.known = { ...entry.known, hands: how(entry.known.hands) };
    this.#tell([service]);
    return true;
  }

  /** Ends what has lasted its time. */
  expire(): void {
    const nowMs = this.#options.clock.wallMs();
    const changed = new Set<string>();
    for (const [name, entry] of this.#entries) {
      const { guard, hands } = entry.known;
      const valid = stillValid(hands, nowMs);
      if (this.#letGo(name, entry, expiredPlaces(guard, nowMs), 'expired')) changed.add(name);
      if (valid === hands) continue;
      entry.known = { ...entry.known, hands: valid };
      this.#options.logger.info('hands-off', { service: name });
      changed.add(name);
    }
    if (changed.size > 0) this.#tell(changed);
  }

  /** Resolves when every source has answered once. */
  async allAnswered(): Promise<void> {
    for (const [name, entry] of this.#entries) {
      while (this.#entries.get(name) === entry && isWaiting(entry)) {
        await new Promise<void>((resolve) => this.#answered.push(resolve));
      }
    }
  }

  stop(): void {
    for (const { stop } of this.#entries.values()) stop.abort();
  }

  #adapt(entry: Entry, config: ServiceConfig): void {
    entry.config = config;
    if (config.guard === null) entry.known = { ...entry.known, guard: emptyGuard };
  }

  /** With another discovery the old instances serve until the new source has answered. */
  #drop(name: string, entry: Entry, successor: ServiceConfig | undefined): void {
    entry.stop.abort();
    this.#entries.delete(name);
    this.#options.metrics.watcherStopped(name);
    if (successor !== undefined) this.#add(name, successor, beforeOtherSource(entry.known));
  }

  #add(name: string, config: ServiceConfig, known: KnownService): void {
    const { createWatcher, onFault } = this.#options;
    const stop = new AbortController();
    const watcher = createWatcher(name, config, {
      onFound: (found) => {
        if (!stop.signal.aborted) this.#take(name, found);
      },
      expected: () => {
        const entry = this.#entries.get(name);
        return entry === undefined ? [] : expectedOf(entry.known);
      },
    });
    const entry: Entry = { config, watcher, stop, known, selected: undefined };
    if (config.guard === null) this.#adapt(entry, config);
    this.#entries.set(name, entry);
    watcher.run(stop.signal).catch(onFault);
    this.#options.metrics.watcherStarted(name);
  }

  #take(name: string, found: Found): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    const { clock, logger, metrics } = this.#options;
    metrics.answered(name, entry);
    const before = entry.known;
    const now = { nowMs: clock.now(), wallMs: clock.wallMs() };
    this.#report(name, before, found);
    entry.known = afterAnswer(before, entry.config, found, now);
    reportGuard(logger, name, before.guard, entry.known);
    this.#tell([name]);
    for (const resolve of this.#answered.splice(0)) resolve();
  }

  #tell(services: Iterable<string>): void {
    this.#options.onChange(new Set(services));
  }

  #letGo(service: string, entry: Entry, places: ReadonlySet<string>, why: Release): boolean {
    const before = entry.known.guard;
    const guard = letGo(before, places);
    if (guard === before) return false;
    entry.known = { ...entry.known, guard };
    reportGuard(this.#options.logger, service, before, entry.known, why);
    return true;
  }

  #report(service: string, { found: before }: KnownService, found: Found): void {
    const { logger } = this.#options;
    const known = new Set(before?.rejected.map(({ node }) => node));
    for (const { node, reason } of found.rejected) {
      if (!known.has(node)) logger.warn('registration-rejected', { service, node, reason });
    }
    const counts = { service, instances: found.instances.length, rejected: found.rejected.length };
    for (const { instance, reason } of found.departed) {
      logger.info('instance-departed', { service, server: serverName(instance), reason });
    }
    if (before === undefined) logger.info('service-found', counts);
    else if (before.instances.length !== found.instances.length) {
      logger.info('service-changed', { ...counts, before: before.instances.length });
    }
  }
}

function describe(entry: Entry): ServiceEntry {
  const { config, watcher, known } = entry;
  const { found, previous, departed } = known;
  return { config, watcher, found, previous, departed, known, selection: selected(entry) };
}

/** It is asked for far more often than it changes. */
function selected(entry: Entry): Selection {
  const { config, known, selected: last } = entry;
  if (last?.of[0] === config && last.of[1] === known) return last.selection;
  const selection = selectionOf(config, known);
  entry.selected = { of: [config, known], selection };
  return selection;
}

function isWaiting({ known: { found }, config }: Entry): boolean {
  return found === undefined && config.discovery.method !== 'base';
}

function hasSameSources(a: ServiceConfig, b: ServiceConfig): boolean {
  if (JSON.stringify(a.discovery) !== JSON.stringify(b.discovery)) return false;
  return fallbackPortOf(a) === fallbackPortOf(b) || !needsFallbackPort(a.discovery);
}
