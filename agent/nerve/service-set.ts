import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type ServiceDefinition, same, sameInstance } from './definition.ts';
import type { Overrides } from './lifecycle/overrides.ts';
import type { NerveMetrics } from './metrics/metrics.ts';
import type { Service, ServiceStatus } from './service.ts';

export interface ServiceSetOptions {
  /** `overrides` of the instance whose place it takes, if it does. */
  readonly startService: (definition: ServiceDefinition, overrides?: Overrides) => Service;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<NerveMetrics, 'launched' | 'reaped'>;
}

/** How long an instance that moved stays registered at its old place for the new one to come up. */
const handoverMs = 5_000;
/** How long a registration that must go is tried to be taken out. */
export const departureMs = 3_000;

/** The services that run, and what leads from them to another set: only what differs is touched. */
export class ServiceSet {
  readonly #options: ServiceSetOptions;
  readonly #stopping = new AbortController();
  readonly #services = new Map<string, Service>();

  constructor(options: ServiceSetOptions) {
    this.#options = options;
  }

  /** Sorted by name. */
  get status(): readonly ServiceStatus[] {
    const byName = (a: ServiceStatus, b: ServiceStatus): number => (a.name < b.name ? -1 : 1);
    return [...this.#services.values()].map(({ status }) => status).sort(byName);
  }

  get running(): ReadonlyMap<string, ServiceDefinition> {
    return new Map([...this.#services].map(([name, { definition }]) => [name, definition]));
  }

  get(name: string): Service | undefined {
    return this.#services.get(name);
  }

  [Symbol.iterator](): Iterator<Service> {
    return this.#services.values();
  }

  /** Takes every registration out. Calls do not overlap with those of `apply`. */
  async stop(): Promise<void> {
    await this.#end((service) => service.stop('stopped', departureMs));
  }

  /** Leaves every registration to whoever comes next. */
  async leave(): Promise<void> {
    await this.#end((service) => service.leave());
  }

  /** Those of `kept` run on as they do, if they do, whatever `wanted` says. Calls do not overlap. */
  async apply(
    wanted: ReadonlyMap<string, ServiceDefinition>,
    kept: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    const gone = [...this.#services.keys()].filter((name) => !wanted.has(name) && !kept.has(name));
    const changes = [...wanted.values()].filter(({ name }) => !kept.has(name));
    await Promise.all([
      ...gone.map((name) => this.#remove(name)),
      ...changes.map((definition) => this.#bring(definition)),
    ]);
  }

  /** Ends the waiting of an `apply` under way: everything is about to stop. */
  hurry(): void {
    this.#stopping.abort();
  }

  async #end(how: (service: Service) => Promise<void>): Promise<void> {
    const services = [...this.#services.values()];
    this.#services.clear();
    await Promise.all(services.map(how));
  }

  async #bring(definition: ServiceDefinition): Promise<void> {
    const { startService, logger, metrics } = this.#options;
    const { name } = definition;
    const running = this.#services.get(name);
    if (running === undefined) {
      logger.info('service-added', { service: name });
      metrics.launched(name, 'new');
      this.#services.set(name, startService(definition));
      return;
    }
    if (same(running.definition, definition)) return;
    logger.info('service-changed', { service: name });
    if (sameInstance(running.definition, definition)) {
      return await running.update(definition);
    }
    await this.#replace(running, definition);
  }

  /** The new instance comes before the old one goes, as far as it comes at all. */
  async #replace(old: Service, definition: ServiceDefinition): Promise<void> {
    const { startService, clock, metrics } = this.#options;
    const next = startService(definition, old.overrides);
    metrics.launched(definition.name, 'update');
    this.#services.set(definition.name, next);
    const done = new AbortController();
    const either = AbortSignal.any([done.signal, this.#stopping.signal]);
    const patience = clock.sleep(handoverMs, either).catch(() => undefined);
    await Promise.race([next.settled(either), patience]);
    done.abort();
    metrics.reaped(definition.name, 'update');
    await old.stop('removed', departureMs);
  }

  /** One of them until it has left: whoever asks learns when it may be stopped. */
  async #remove(name: string): Promise<void> {
    this.#options.logger.info('service-removed', { service: name });
    this.#options.metrics.reaped(name, 'old');
    await this.#services.get(name)?.stop('removed', departureMs);
    this.#services.delete(name);
  }
}
