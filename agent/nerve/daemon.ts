/**
 * nerve: from the services of this host to the registry.
 *
 *   nerve.conf.json ──► definitions ─► service set
 *   nerve.d/*.json ──┘  (SIGHUP,          │ one each
 *                     folder changed)     ▼
 *   the service ◄─probe─ check loop ─► rise/fall ─► reporter ─► ZooKeeper session ─► znode
 *                                                      ▲               │
 *                                                      └─ connected, ──┘
 *                                                         node touched
 *
 * ZooKeeper may be away at any time: checks go on, and what they found is told when it is back.
 */
import type { LoadedNerve } from '../config/nerve-file.ts';
import { validateBody } from '../config/validate-body.ts';
import { nerveOptionsWithoutEffect } from '../config/without-effect.ts';
import type { Clock } from '../lib/clock.ts';
import type { Daemon } from '../lib/daemon-program.ts';
import { createExclusive } from '../lib/exclusive.ts';
import { endpoint } from '../lib/http-api/endpoint.ts';
import { HttpApi } from '../lib/http-api.ts';
import type { Logger } from '../lib/logger.ts';
import { version } from '../lib/version.ts';
import { type CreateSession, createEnsembles, type Ensembles } from '../zookeeper/ensembles.ts';
import { health } from './api/health.ts';
import { status } from './api/status.ts';
import type { RunCheck } from './checks/check.ts';
import { Chores } from './chores.ts';
import { defineServices, type ReportTarget, type ServiceDefinition } from './definition.ts';
import { type Reporter, startReporter } from './reporters/reporter.ts';
import { openZooKeeperRegistry } from './reporters/zookeeper.ts';
import { Service } from './service.ts';
import { ServiceSet } from './service-set.ts';
import type { NerveStatus } from './status.ts';
import { findTwins } from './twins.ts';

export type UsableConfig = Extract<LoadedNerve, { ok: true }>;

/** Every mistake in a configuration, as `--check-config` tells it; empty for a good one. */
export function problemsOf(loaded: LoadedNerve): readonly string[] {
  if (!loaded.ok) return loaded.problems;
  const twins = findTwins(defineServices(loaded.config), new Map(), new Set());
  return [...[...loaded.rejected.values()].flat(), ...twins.values()];
}

export interface NerveOptions {
  readonly loaded: UsableConfig;
  /** Reads the configuration anew. */
  readonly load: () => Promise<LoadedNerve>;
  readonly createSession: CreateSession;
  readonly runCheck: RunCheck;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

export class Nerve implements Daemon {
  readonly #options: NerveOptions;
  /** Start, reloads and stop come one after the other. */
  readonly #exclusive = createExclusive();
  readonly #ensembles: Ensembles;
  readonly #services: ServiceSet;
  readonly #chores: Chores;
  readonly #api: HttpApi;
  #loaded: UsableConfig;
  /** One line per mistake in what was refused last. */
  #rejected: readonly string[] = [];
  #stopped = false;

  constructor(options: NerveOptions) {
    this.#options = options;
    this.#loaded = options.loaded;
    this.#ensembles = createEnsembles(options.createSession);
    this.#services = new ServiceSet({
      ...options,
      startService: (definition) => this.#startService(definition),
    });
    this.#chores = new Chores({ ...options, onFolderChange: () => this.#reload() });
    const endpoints = [
      endpoint({
        method: 'GET',
        path: '/health',
        summary: 'Whether every part works',
        response: '`status` is "ok" or "degraded"',
        handle: () => health(this.status),
      }),
      endpoint({
        method: 'GET',
        path: '/status',
        summary: 'Everything that nerve knows',
        response: 'Services, registry and what was refused',
        handle: () => status(this.status),
      }),
    ];
    const info = { title: 'nerve', version };
    this.#api = new HttpApi({ ...options, info, endpoints, validate: validateBody });
  }

  get status(): NerveStatus {
    return {
      version,
      instance_id: this.#loaded.config.instance_id,
      registry: this.#ensembles.status(),
      services: this.#services.status,
      rejected: this.#rejected,
    };
  }

  /** Where the API listens; `undefined` while it does not. */
  get apiPort(): number | undefined {
    return this.#api.port;
  }

  /** Waits neither for ZooKeeper nor for checks. */
  async start(): Promise<string> {
    for (const option of nerveOptionsWithoutEffect(this.#loaded.config)) {
      this.#options.logger.warn('option-without-effect', { option });
    }
    await this.#exclusive(() => this.#adopt(this.#loaded));
    return this.#summary();
  }

  /** Only services that changed are touched; a bad file leaves its service as it runs. */
  async reload(): Promise<string> {
    await this.#reload();
    return this.#summary();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#chores.stop();
    this.#services.hurry();
    await this.#exclusive(async () => {
      await this.#services.apply(new Map());
      await this.#ensembles.closeUnused([]);
      await this.#api.close();
    });
  }

  async #reload(): Promise<void> {
    await this.#exclusive(async () => {
      if (this.#stopped) return;
      const loaded = await this.#options.load();
      if (loaded.ok) await this.#adopt(loaded);
      else this.#reject(loaded.problems);
    });
  }

  async #adopt(loaded: UsableConfig): Promise<void> {
    const { config, rejected } = loaded;
    const wanted = defineServices(config);
    const twins = findTwins(wanted, this.#services.running, new Set(rejected.keys()));
    this.#loaded = loaded;
    this.#reject([...[...rejected.values()].flat(), ...twins.values()]);
    await this.#services.apply(wanted, new Set([...rejected.keys(), ...twins.keys()]));
    const running = [...this.#services.running.values()];
    await this.#ensembles.closeUnused(running.map(({ target }) => target.hosts));
    await this.#api.listen({ port: config.api_port, socket: null });
    this.#chores.follow(config);
  }

  /** Logs what is new: the folder is read again and again. */
  #reject(problems: readonly string[]): void {
    const before = this.#rejected.join('\n');
    this.#rejected = problems;
    if (problems.join('\n') === before) return;
    if (problems.length > 0) this.#options.logger.error('config-rejected', { problems });
    else this.#options.logger.info('config-accepted');
  }

  #startService(definition: ServiceDefinition): Service {
    return new Service({
      ...this.#options,
      definition,
      startReporter: (target, logger) => this.#startReporter(target, logger),
    });
  }

  #startReporter(target: ReportTarget, logger: Logger): Reporter {
    const session = this.#ensembles.session(target.hosts);
    return startReporter({
      ...this.#options,
      target,
      logger,
      openRegistry: (onDisturbed) =>
        openZooKeeperRegistry({ ...this.#options, session, logger, onDisturbed }),
    });
  }

  #summary(): string {
    const services = `${this.#services.status.length} services`;
    const refused = this.#rejected.length;
    return refused === 0 ? services : `${services}; ${refused} problems in the configuration`;
  }
}
