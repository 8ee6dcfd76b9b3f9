/**
 * synapse: from the registry to the proxy.
 *
 *   synapse.conf.json ─► services
 *                           │
 *   ZooKeeper ─► watchers ─► book ─► instances ─► reconciler ─► proxy ─► runtime socket, reload
 *                            │  ▲                    ▲            │
 *                 state file ◄──┤                    │            └──► haproxy.cfg
 *                   generators ◄──┘                    │
 *                                     sentinel ──────┘ (HAProxy restarted by somebody else)
 *
 * Nothing here ends with ZooKeeper or HAProxy: each is waited for while the other is served.
 */
import { type SynapseConfig, synapseOptionsOfStart } from '../config/synapse.ts';
import { ensemblesOf } from '../config/synapse-discovery.ts';
import type { LoadedSynapse } from '../config/synapse-file.ts';
import { validateBody } from '../config/validate-body.ts';
import { synapseOptionsWithoutEffect } from '../config/without-effect.ts';
import type { Daemon } from '../lib/daemon-program.ts';
import { createExclusive } from '../lib/exclusive.ts';
import { ApiError } from '../lib/http-api/endpoint.ts';
import { HttpApi } from '../lib/http-api.ts';
import { raise } from '../lib/raise.ts';
import { createRestartNotice, type RestartNotice } from '../lib/restart-notice.ts';
import { version } from '../lib/version.ts';
import { type Access, anonymous } from '../zookeeper/access.ts';
import { synapseEndpoints } from './api/endpoints.ts';
import type { StatusSources } from './api/status.ts';
import { chooseConfig } from './choose-config.ts';
import type { ConfiguredProxy } from './haproxy/create-proxy.ts';
import { assemble, type Parts, type Surroundings } from './parts.ts';
import { createSettingsTurns, type SettingsTurns } from './settings/turns.ts';
import { keepUp } from './upkeep.ts';

export type UsableConfig = Extract<LoadedSynapse, { ok: true }>;

export interface SynapseOptions extends Surroundings {
  readonly loaded: UsableConfig;
  /** Reads the configuration anew. */
  readonly load: () => Promise<LoadedSynapse>;
}

/** Everything that exists once the daemon runs. */
interface Running extends Parts {
  /** That of the file. */
  config: SynapseConfig;
  /** The same with the settings from the registry. */
  effective: SynapseConfig;
  configured: ConfiguredProxy;
  /** Settles once the signal to stop has reached every loop. */
  background: Promise<unknown>;
}

/** How long a first configuration waits for ZooKeeper before it is made from the state file. */
const firstAnswerMs = 2_000;
/** How long stopping waits for what is under way. */
const lastWorkMs = 3_000;

export class Synapse implements Daemon {
  readonly #options: SynapseOptions;
  readonly #stop = new AbortController();
  readonly #api: HttpApi;
  readonly #settings: SettingsTurns;
  readonly #restartNotice: RestartNotice<SynapseConfig>;
  /** One line per mistake in what was refused last. */
  #problems: readonly string[] = [];
  /** When what was judged last was read. */
  #readAtMs: number;
  /** One configuration follows the other. */
  readonly #exclusive = createExclusive();
  #running: Running | undefined;

  constructor(options: SynapseOptions) {
    this.#options = options;
    const { config } = options.loaded;
    this.#readAtMs = options.clock.wallMs();
    this.#settings = createSettingsTurns(options, config.haproxy);
    this.#restartNotice = createRestartNotice(config, synapseOptionsOfStart, options.logger);
    this.#api = new HttpApi({
      info: { title: 'synapse', version },
      endpoints: synapseEndpoints({ ...options, status: () => this.#sources }),
      validate: validateBody,
      logger: options.logger,
    });
  }

  get #sources(): StatusSources {
    const running = this.#running;
    if (running === undefined) throw new ApiError(503, 'synapse is starting');
    return {
      ...running,
      ...running.configured,
      version,
      problems: this.#problems,
      readAtMs: this.#readAtMs,
    };
  }

  /** Rejects when HAProxy does not take the configuration's text. */
  async start(): Promise<string> {
    const { loaded, logger, metrics, clock } = this.#options;
    const { signal } = this.#stop;
    for (const option of synapseOptionsWithoutEffect(loaded.config)) {
      logger.warn('option-without-effect', { option });
    }
    const proxy = (): ConfiguredProxy => (this.#running ?? first).configured;
    const { request } = this.#settings;
    const parts = await assemble(loaded.config, this.#options, proxy, request, signal);
    const asLoaded = parts.configure(loaded.config);
    const configure = (config: SynapseConfig): ConfiguredProxy =>
      config === loaded.config ? asLoaded : parts.configure(config);
    await asLoaded.proxy.adoptFile();
    metrics.follow(loaded.config);
    const startedAtMs = clock.now();
    parts.ensembles.use(readerAs(loaded));
    parts.book.configure(loaded.config.services);
    metrics.started(clock.now() - startedAtMs);
    // While the registry is asked.
    const chosen = await chooseConfig(loaded, undefined, (one) =>
      configure(one).proxy.check(new Map()),
    );
    if (!chosen.ok) {
      await endRegistry(parts);
      throw new Error(`HAProxy does not take the configuration: ${chosen.problems.join('\n')}`);
    }
    const { config, problems } = chosen;
    this.#refuse(problems);
    const first: Running = {
      ...parts,
      config,
      effective: config,
      configured: configure(config),
      background: Promise.resolve(),
    };
    this.#running = first;
    if (config !== loaded.config) {
      metrics.follow(config);
      first.book.configure(config.services);
    }
    await this.#waitForRegistry(first);
    await this.#followSettings(first);
    await first.reconciler.pass();
    first.generators.configure(first.effective);
    await this.#api.listen({ port: config.api_port, socket: config.api_socket });
    first.background = Promise.all([
      first.reconciler.run(signal),
      first.keeper.run(signal),
      keepUp(first, () => first.configured, this.#options, signal),
      first.generators.run(),
      this.#settings.run(() => this.#followSettings(first), signal),
    ]).catch(raise);
    return summary(first);
  }

  /** All or nothing: checked whole, by the schema and by HAProxy, before anything changes. */
  async reload(): Promise<string> {
    return await this.#exclusive(() => this.#reload());
  }

  async #reload(): Promise<string> {
    const running = this.#running;
    if (running === undefined) return 'starting';
    const { load, logger, metrics, clock } = this.#options;
    const readAtMs = clock.wallMs();
    const loaded = await load();
    const chosen = await chooseConfig(loaded, running.config, (one) =>
      running.configure(one).proxy.check(running.book.instances()),
    );
    if (!chosen.ok) {
      const { by, problems } = chosen;
      logger.error('config-refused', { by, problems });
      this.#problems = problems;
      this.#readAtMs = readAtMs;
      return `${summary(running)}; the new configuration is bad, the old one stays`;
    }
    const { config, problems } = chosen;
    this.#refuse(problems);
    this.#restartNotice.follow(config);
    if (loaded.ok) running.ensembles.use(readerAs(loaded));
    metrics.follow(config);
    running.config = config;
    running.settings.reconsider();
    const effective = await this.#withSettings(running);
    await this.#adopt(running, effective, running.configure(effective));
    running.changes.record('config-adopted', { services: Object.keys(config.services).length });
    this.#readAtMs = readAtMs;
    return summary(running);
  }

  /** The registry's settings may have changed: HAProxy gets them once it takes them. */
  #followSettings(running: Running): Promise<void> {
    return this.#exclusive(async () => {
      const effective = await this.#withSettings(running);
      if (JSON.stringify(effective) === JSON.stringify(running.effective)) return;
      await this.#adopt(running, effective, running.configure(effective));
      running.changes.record('registry-settings-adopted');
    });
  }

  #withSettings({ config, settings, book, configure }: Running): Promise<SynapseConfig> {
    return settings.adopt(config, (one) => configure(one).proxy.check(book.instances()));
  }

  /** Tells what is new. */
  #refuse(problems: readonly string[]): void {
    const before = this.#problems.join('\n');
    this.#problems = problems;
    if (problems.join('\n') === before) return;
    if (problems.length > 0) this.#options.logger.error('config-rejected', { problems });
    else this.#options.logger.info('config-accepted');
  }

  /** HAProxy keeps serving what it has (law 1). */
  async stop(): Promise<void> {
    this.#stop.abort();
    const running = this.#running;
    if (running === undefined) return;
    running.book.stop();
    await this.#api.close();
    // A check of new text may be under way: whoever comes next uses the same files.
    const patience = this.#options.clock.sleep(lastWorkMs, new AbortController().signal);
    await Promise.race([running.background, patience]);
    await running.keeper.save();
    await running.ensembles.closeUnused([]);
    await this.#options.metrics.stopped();
  }

  async #adopt(
    running: Running,
    config: SynapseConfig,
    configured: ConfiguredProxy,
  ): Promise<void> {
    running.effective = config;
    running.configured = configured;
    // What HAProxy would not take may do with the new text.
    running.state.refusedLines.clear();
    running.book.configure(config.services);
    running.generators.configure(config);
    await running.ensembles.closeUnused(
      Object.values(config.services).flatMap(({ discovery }) => ensemblesOf(discovery)),
    );
    await this.#api.listen({ port: config.api_port, socket: config.api_socket });
  }

  async #waitForRegistry({ book }: Running): Promise<void> {
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, this.#stop.signal]);
    const patience = this.#options.clock.sleep(firstAnswerMs, signal).catch(() => undefined);
    await Promise.race([book.allAnswered(), patience]);
    done.abort();
  }
}

/** A start that fails leaves nothing behind. */
async function endRegistry({ book, ensembles }: Parts): Promise<void> {
  book.stop();
  await ensembles.closeUnused([]);
}

/** It makes no node. */
function readerAs({ identities, config }: UsableConfig): Access {
  return { ...anonymous, identities, tunnels: config.zk_tunnels };
}

function summary({ config, state }: Running): string {
  const count = Object.keys(config.services).length;
  const proxy = state.process === undefined ? 'waiting for HAProxy' : 'HAProxy runs';
  return `${count} services, ${proxy}`;
}
