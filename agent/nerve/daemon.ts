/**
 * nerve: from the services of this host to the registry.
 *
 *   nerve.conf.json ──► definitions ─► service set
 *   nerve.d/*.json ──┤  (SIGHUP,          │ one each
 *   the API ─────────┘   folder changed)  ▼
 *   the service ◄─check─ check loop ─► decide ─► gate ─► reporters ─► ZooKeeper, etcd, a file
 *                                        ▲                  │
 *   operators, the service itself ───────┘                  └─► memory ─► state file
 *
 * Registries may be away at any time: checks go on, and what they found is told when one is back.
 */
import { type NerveConfig, nerveOptionsOfStart } from '../config/nerve.ts';
import type { LoadedNerve } from '../config/nerve-file.ts';
import { validateBody } from '../config/validate-body.ts';
import { nerveOptionsWithoutEffect } from '../config/without-effect.ts';
import type { Daemon } from '../lib/daemon-program.ts';
import type { EventRing } from '../lib/event-ring.ts';
import { createExclusive } from '../lib/exclusive.ts';
import { HttpApi } from '../lib/http-api.ts';
import { raise } from '../lib/raise.ts';
import { createRestartNotice, type RestartNotice } from '../lib/restart-notice.ts';
import { version } from '../lib/version.ts';
import type { Access } from '../zookeeper/access.ts';
import { nerveEndpoints } from './api/endpoints.ts';
import { Chores } from './chores.ts';
import { clearOrphans } from './clear-orphans.ts';
import { defineServices, type ServiceDefinition } from './definition.ts';
import { Control } from './lifecycle/control.ts';
import { createParts, type Parts, type Surroundings } from './parts.ts';
import type { RegisteredNode } from './registered-nodes.ts';
import type { NerveStatus } from './status.ts';
import { findTwins } from './twins.ts';

export type UsableConfig = Extract<LoadedNerve, { ok: true }>;

/** Every mistake in a configuration, as `--check-config` tells it; empty for a good one. */
export function problemsOf(loaded: LoadedNerve): readonly string[] {
  if (!loaded.ok) return loaded.problems;
  const twins = findTwins(defineServices(loaded.config), new Map(), new Set());
  return [...[...loaded.rejected.values()].flat(), ...twins.values()];
}

export interface NerveOptions extends Surroundings {
  readonly loaded: UsableConfig;
  /** Reads the configuration anew. */
  readonly load: () => Promise<LoadedNerve>;
  /** Asked when it stops: whether it is about to be started again. */
  readonly isBeingRestarted: () => Promise<boolean>;
  /** What the API shows of the past. */
  readonly events: EventRing;
}

export class Nerve implements Daemon {
  readonly #options: NerveOptions;
  /** Start, reloads and stop come one after the other. */
  readonly #exclusive = createExclusive();
  readonly #stopping = new AbortController();
  readonly #restartNotice: RestartNotice<NerveConfig>;
  readonly #chores: Chores;
  readonly #api: HttpApi;
  #parts: Parts | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #loaded: UsableConfig;
  /** Keys of instances whose orphaned nodes are on their way out. */
  readonly #beingCleared = new Set<string>();
  /** One line per mistake in what was refused last. */
  #rejected: readonly string[] = [];

  constructor(options: NerveOptions) {
    this.#options = options;
    this.#loaded = options.loaded;
    const { config } = options.loaded;
    this.#restartNotice = createRestartNotice(config, nerveOptionsOfStart, options.logger);
    this.#chores = new Chores({ ...options, onFolderChange: () => this.#reload() });
    const control = new Control({
      parts: () => this.#parts,
      config: () => this.#loaded.config,
      apply: () => this.#exclusive(() => this.#apply()),
    });
    this.#api = new HttpApi({
      info: { title: 'nerve', version },
      endpoints: nerveEndpoints({ ...options, status: () => this.status, control }),
      validate: validateBody,
      logger: options.logger,
    });
  }

  get status(): NerveStatus {
    return {
      version,
      instance_id: this.#loaded.config.instance_id,
      registry: this.#parts?.ensembles.status() ?? [],
      hostDrained: this.#parts?.memory.hostDrained,
      services: this.#parts?.services.status ?? [],
      rejected: this.#rejected,
    };
  }

  /** Where the API listens; `undefined` while it does not. */
  get apiPort(): number | undefined {
    return this.#api.port;
  }

  /** Waits neither for registries nor for checks. */
  async start(): Promise<string> {
    const { config } = this.#loaded;
    for (const option of nerveOptionsWithoutEffect(config)) {
      this.#options.logger.warn('option-without-effect', { option });
    }
    await this.#exclusive(async () => {
      const parts = await createParts(this.#options, config, () => this.#expire());
      this.#parts = parts;
      await this.#adopt(this.#loaded);
      this.#keeping = parts.memory.keep(parts, this.#stopping.signal);
    });
    this.#options.metrics.started();
    return this.#summary();
  }

  /** Only services that changed are touched; a bad file leaves its service as it runs. */
  async reload(): Promise<string> {
    await this.#reload();
    return this.#summary();
  }

  async stop(): Promise<void> {
    const handsOver = await this.#handsOver();
    this.#stopping.abort();
    this.#chores.stop();
    this.#parts?.services.hurry();
    this.#parts?.dynamic.stop();
    await this.#exclusive(async () => {
      if (this.#parts !== undefined) await this.#end(this.#parts, handsOver);
      await this.#api.close();
    });
    await this.#options.metrics.stopped();
  }

  /** Whether the next nerve takes over sessions and registrations as they are. */
  async #handsOver(): Promise<boolean> {
    if (this.#loaded.config.state_path === null) return false;
    return await this.#options.isBeingRestarted();
  }

  async #end({ memory, services, ensembles }: Parts, handsOver: boolean): Promise<void> {
    await this.#keeping;
    if (handsOver) {
      this.#options.logger.info('handing-over');
      await memory.save();
      await services.leave();
      ensembles.abandon();
    } else {
      memory.learn();
      await services.stop();
      await ensembles.closeUnused([]);
      memory.forgetAllNodes();
      await memory.save();
    }
  }

  async #reload(): Promise<void> {
    await this.#exclusive(async () => {
      if (this.#stopping.signal.aborted) return;
      const loaded = await this.#options.load();
      if (loaded.ok) await this.#adopt(loaded);
      else this.#reject(loaded.problems);
    });
  }

  async #adopt(loaded: UsableConfig): Promise<void> {
    this.#restartNotice.follow(loaded.config);
    this.#loaded = loaded;
    this.#parts?.ensembles.use(accessOf(loaded));
    this.#options.metrics.follow(loaded.config.statsd);
    this.#options.metrics.configUpdated();
    await this.#apply();
    const { config } = loaded;
    await this.#api.listen({ port: config.api_port, socket: config.api_socket });
    this.#chores.follow(config);
  }

  /** Brings what runs in line with the configuration and with who registered himself. */
  async #apply(): Promise<ReadonlyMap<string, string>> {
    const { rejected } = this.#loaded;
    if (this.#parts === undefined || this.#stopping.signal.aborted) return new Map();
    const { services, ensembles, memory } = this.#parts;
    const wanted = this.#wanted(this.#parts);
    const twins = findTwins(wanted, services.running, new Set(rejected.keys()));
    this.#reject([...[...rejected.values()].flat(), ...twins.values()]);
    const kept = new Set([...rejected.keys(), ...twins.keys()]);
    const gone = [...services.running.keys()].filter(
      (name) => !wanted.has(name) && !kept.has(name),
    );
    // Before some go: what they cannot take out in time is an orphan then.
    memory.learn();
    await services.apply(wanted, kept);
    for (const name of gone) memory.forgetService(name);
    const used = [...services.running.values()].flatMap(({ places }) => places);
    const orphaned = [...this.#orphans(this.#parts).values()];
    await ensembles.closeUnused([
      ...used.flatMap((place) => (place.type === 'zookeeper' ? [place.hosts] : [])),
      ...orphaned.map(({ hosts }) => hosts),
    ]);
    memory.request();
    this.#clearOrphans(this.#parts).catch(raise);
    return twins;
  }

  /** A configured service wins over one that registered itself under the same name. */
  #wanted({ dynamic }: Parts): ReadonlyMap<string, ServiceDefinition> {
    const { config } = this.#loaded;
    const { instance_id: instanceId, dynamic_registration: template } = config;
    const own = template ? dynamic.define({ instanceId, template }) : new Map();
    return new Map([...own, ...defineServices(config)]);
  }

  #expire(): void {
    this.#exclusive(() => this.#apply()).catch(raise);
  }

  #orphans({ memory, services }: Parts): ReadonlyMap<string, RegisteredNode> {
    return memory.orphans(services.running.values());
  }

  /** Those that nobody sees to yet. */
  async #clearOrphans(parts: Parts): Promise<void> {
    const { memory, ensembles } = parts;
    const orphans = (): ReadonlyMap<string, RegisteredNode> => this.#orphans(parts);
    const onCleared = (keys: readonly string[]): void => {
      memory.forgetNodes(keys);
      this.#expire();
    };
    const beingCleared = this.#beingCleared;
    const options = { ...this.#options, ensembles, orphans, beingCleared, onCleared };
    await clearOrphans(options, this.#stopping.signal);
  }

  /** Logs what is new: the folder is read again and again. */
  #reject(problems: readonly string[]): void {
    const before = this.#rejected.join('\n');
    this.#rejected = problems;
    if (problems.join('\n') === before) return;
    if (problems.length > 0) this.#options.logger.error('config-rejected', { problems });
    else this.#options.logger.info('config-accepted');
  }

  #summary(): string {
    const services = `${this.status.services.length} services`;
    const refused = this.#rejected.length;
    return refused === 0 ? services : `${services}; ${refused} problems in the configuration`;
  }
}

function accessOf({ identities, config }: UsableConfig): Access {
  const { zk_acl: acl, zk_acl_root: root, zk_tunnels: tunnels } = config;
  return { identities, acl, root, tunnels };
}
