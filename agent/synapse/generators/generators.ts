/** All generators beside HAProxy, as the configuration in force names them. */
import type { SynapseConfig } from '../../config/synapse.ts';
import { type LinkedAbort, linkAbort } from '../../lib/linked-abort.ts';
import type { ServiceEntry } from '../service-book.ts';
import { createGenerators, type NamedOptions } from './create.ts';
import type { GeneratorEnvironment } from './environment.ts';
import type { GeneratedService } from './generator.ts';
import { GeneratorRunner, type GeneratorStatus } from './runner.ts';

export interface GeneratorsOptions extends GeneratorEnvironment {
  readonly entries: () => ReadonlyMap<string, ServiceEntry>;
  /** Ends all of them. */
  readonly signal: AbortSignal;
}

interface Running {
  readonly runner: GeneratorRunner;
  /** As JSON: what tells whether it can go on. */
  readonly options: string;
  readonly stop: LinkedAbort;
}

export class Generators {
  readonly #options: GeneratorsOptions;
  readonly #running = new Map<string, Running>();
  /** By name, of those that are gone too: they share files with whoever comes next. */
  readonly #ended = new Map<string, Promise<void>>();

  constructor(options: GeneratorsOptions) {
    this.#options = options;
  }

  /** Starts those that are new or have other options, and ends those that are gone. */
  configure(config: SynapseConfig): void {
    const wanted = new Map(createGenerators(config, this.#options).map((one) => [one.name, one]));
    for (const [name, running] of this.#running) {
      if (!wanted.has(name)) this.#stop(name, running);
    }
    for (const one of wanted.values()) this.#start(one);
    this.request();
  }

  /** Instances changed, or addresses of their hosts. */
  request(): void {
    for (const { runner } of this.#running.values()) runner.request();
  }

  get status(): Readonly<Record<string, GeneratorStatus>> {
    const entries = [...this.#running].map(([name, { runner }]) => [name, runner.status] as const);
    return Object.fromEntries(entries);
  }

  /** Resolves after the signal, once the last pass of each has ended. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.all(this.#ended.values());
  }

  #stop(name: string, { stop }: Running): void {
    stop.abort();
    this.#running.delete(name);
  }

  #start({ name, options, create }: NamedOptions): void {
    const before = this.#running.get(name);
    const text = JSON.stringify(options);
    if (before?.options === text) return;
    before?.stop.abort();
    const { clock, random, logger, changes, entries, signal } = this.#options;
    const services = (): readonly GeneratedService[] => servicesOf(entries());
    const generator = create();
    const runner = new GeneratorRunner({ generator, services, clock, random, logger, changes });
    const stop = linkAbort(signal);
    const last = this.#ended.get(name) ?? Promise.resolve();
    this.#ended.set(
      name,
      last.then(() => runner.run(stop.signal)),
    );
    this.#running.set(name, { runner, options: text, stop });
  }
}

function servicesOf(entries: ReadonlyMap<string, ServiceEntry>): readonly GeneratedService[] {
  return [...entries].map(([name, { config, found, selection }]) => {
    const { instances, source } = selection;
    const isKnown = found !== undefined || source !== 'none' || config.discovery.method === 'base';
    return { name, config, instances, isKnown };
  });
}
