/** What is known of each configured service, and who watches it. */
import type { ServiceConfig } from '../config/synapse.ts';
import type { Logger } from '../lib/logger.ts';
import { type DepartedInstance, followDepartures, missingFrom } from './departures.ts';
import { type Instance, serverName } from './instance.ts';
import { type Selection, selectInstances } from './select.ts';
import type { Found, Watcher, WatcherLink } from './watchers/watcher.ts';

export type CreateWatcher = (name: string, config: ServiceConfig, link: WatcherLink) => Watcher;

export interface ServiceBookOptions {
  readonly createWatcher: CreateWatcher;
  readonly logger: Logger;
  /** Instances changed. */
  readonly onChange: () => void;
  /** A watcher failed for a reason that is ours: the daemon must end. */
  readonly onFault: (error: unknown) => void;
  readonly lastKnown: ReadonlyMap<string, readonly Instance[]>;
}

export interface ServiceEntry {
  readonly config: ServiceConfig;
  readonly watcher: Watcher;
  readonly found: Found | undefined;
  readonly previous: readonly Instance[];
  /** Instances that left on purpose and are not back; whoever else is missing said nothing. */
  readonly departed: readonly DepartedInstance[];
  readonly selection: Selection;
}

interface Entry {
  config: ServiceConfig;
  readonly watcher: Watcher;
  readonly stop: AbortController;
  found: Found | undefined;
  /** The last list with instances in it, less those that have left on purpose since. */
  previous: readonly Instance[];
  departed: readonly DepartedInstance[];
}

export class ServiceBook {
  readonly #options: ServiceBookOptions;
  readonly #entries = new Map<string, Entry>();
  #answered: (() => void)[] = [];

  constructor(options: ServiceBookOptions) {
    this.#options = options;
  }

  /** A service whose discovery stays the same keeps its watcher and what that found. */
  configure(services: Readonly<Record<string, ServiceConfig>>): void {
    for (const [name, entry] of this.#entries) {
      const config = Object.hasOwn(services, name) ? services[name] : undefined;
      if (config !== undefined && sameDiscovery(config, entry.config)) entry.config = config;
      else this.#drop(name, entry, config);
    }
    for (const [name, config] of Object.entries(services)) {
      if (!this.#entries.has(name)) this.#add(name, config, this.#lastKnown(name));
    }
    this.#options.onChange();
  }

  entries(): ReadonlyMap<string, ServiceEntry> {
    return new Map(
      [...this.#entries].map(([name, entry]) => [
        name,
        {
          ...entry,
          selection: selectInstances(entry.config, entry.found?.instances, entry.previous),
        },
      ]),
    );
  }

  instances(): ReadonlyMap<string, readonly Instance[]> {
    return new Map([...this.entries()].map(([name, { selection }]) => [name, selection.instances]));
  }

  /** For the state file. */
  previous(): ReadonlyMap<string, readonly Instance[]> {
    return new Map([...this.#entries].map(([name, { previous }]) => [name, previous]));
  }

  /** Resolves when every source has answered once. */
  async allAnswered(): Promise<void> {
    while ([...this.#entries.values()].some(isWaiting)) {
      await new Promise<void>((resolve) => this.#answered.push(resolve));
    }
  }

  stop(): void {
    for (const { stop } of this.#entries.values()) stop.abort();
  }

  #lastKnown(name: string): readonly Instance[] {
    return this.#options.lastKnown.get(name) ?? [];
  }

  /** With another discovery the old instances serve until the new source has answered. */
  #drop(name: string, entry: Entry, successor: ServiceConfig | undefined): void {
    entry.stop.abort();
    this.#entries.delete(name);
    if (successor !== undefined) this.#add(name, successor, entry.previous);
  }

  #add(name: string, config: ServiceConfig, previous: readonly Instance[]): void {
    const { createWatcher, onFault } = this.#options;
    const stop = new AbortController();
    const watcher = createWatcher(name, config, {
      onFound: (found) => {
        if (!stop.signal.aborted) this.#take(name, found);
      },
      expected: () => this.#entries.get(name)?.previous ?? [],
    });
    this.#entries.set(name, { config, watcher, stop, found: undefined, previous, departed: [] });
    watcher.run(stop.signal).catch(onFault);
  }

  #take(name: string, found: Found): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#report(name, entry, found);
    const { instances, departed } = found;
    const left = departed.map(({ instance }) => instance);
    entry.found = found;
    entry.previous = instances.length > 0 ? instances : missingFrom(left, entry.previous);
    entry.departed = followDepartures(entry.departed, departed, instances);
    this.#options.onChange();
    for (const resolve of this.#answered.splice(0)) resolve();
  }

  #report(service: string, { found: before }: Entry, found: Found): void {
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

function isWaiting({ found, config }: Entry): boolean {
  return found === undefined && config.discovery.method !== 'base';
}

function sameDiscovery(a: ServiceConfig, b: ServiceConfig): boolean {
  return JSON.stringify(a.discovery) === JSON.stringify(b.discovery);
}
