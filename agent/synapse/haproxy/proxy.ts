/**
 * One running HAProxy and its file, kept in step with the instances that should serve.
 *
 *   instances ─► server lines ─┐
 *                              ├─ plan ─┬─► steps over the runtime socket ─► file follows
 *   HAProxy ─── observation ───┘        └─► file, checked ─► reload ─► the new worker's word
 *
 * Level-triggered: each pass looks at what is and mends the difference, whatever caused it. It
 * looks at the services that changed, and at all where that does not tell the whole story.
 */
import type { ZoneConfig } from '../../config/synapse-guard.ts';
import type { HaproxyOptions } from '../../config/synapse-haproxy.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { ChangeLog } from '../changes.ts';
import type { Instance } from '../instance.ts';
import type { HostResolver } from '../resolve-hosts.ts';
import type { Scope } from '../scope.ts';
import type { AdminSocket } from './admin.ts';
import type { ActualServer } from './answers.ts';
import {
  type BuildContext,
  type BuiltServers,
  buildServers,
  type Rejected,
} from './build-servers.ts';
import type { CheckResult } from './config-file.ts';
import type { FileKeeper, PublishOutcome } from './file-keeper.ts';
import { FurtherProcesses } from './further-processes.ts';
import { healthIn } from './health.ts';
import {
  type Look,
  listBackends,
  type Observation,
  observe,
  observeSome,
  observeStates,
} from './observe.ts';
import { idle, type PassResult, type ScopedResult } from './pass-result.ts';
import { type Desired, type Plan, planSteps, type Step } from './plan.ts';
import { Rejections } from './rejections.ts';
import type { Reloader } from './reload.ts';
import { createReloadPacer } from './reload-pacer.ts';
import type { ServersByBackend } from './render.ts';
import { prepare, type RenewalOptions, type RenewalOutcome, renew } from './renewal.ts';
import type { RunningState } from './running-state.ts';
import { SavedStates } from './saved-states.ts';
import type { Sections } from './sections.ts';
import { type Deeds, StepRunner } from './step-runner.ts';
import { UnseenProxy } from './unseen.ts';

/** Service → its instances that should serve; a service of which nothing is known is not in it. */
export type Instances = ReadonlyMap<string, readonly Instance[]>;

export interface ProxyOptions {
  readonly options: HaproxyOptions;
  readonly sections: Sections;
  /** Each `undefined` where the configuration does without it. */
  readonly admin: AdminSocket | undefined;
  /** To the same process, where it is held. */
  readonly line: AdminSocket;
  /** Of further processes beside the one that `admin` talks to. */
  readonly furtherAdmins: readonly AdminSocket[];
  readonly files: FileKeeper | undefined;
  readonly reloader: Reloader | undefined;
  readonly resolver: HostResolver;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly changes: ChangeLog;
  readonly signal: AbortSignal;
  /** Outlives the proxy object when the configuration is reloaded. */
  readonly state: RunningState;
  /** Service → the zone that it prefers. */
  readonly zones: ReadonlyMap<string, ZoneConfig>;
  /** Called with each look at what runs, and with all sections whatever was looked at. */
  readonly onSeen: (sections: Sections, seen: Look) => void;
  readonly deeds: Deeds;
  /** Whether something has changed since the pass that is under way began. */
  readonly isOvertaken: () => boolean;
  /** For those who ask later why it was done. */
  readonly causeOf: (step: Step) => string | undefined;
}

/** Of more services than that, all are asked for at once. */
const fewServices = 32;

export class ManagedProxy {
  readonly #options: ProxyOptions;
  readonly #steps: StepRunner;
  readonly #further: FurtherProcesses;
  readonly #unseen: UnseenProxy;
  /** `undefined`: the configuration does without reloads. */
  readonly #renewal: RenewalOptions | undefined;
  readonly #rejections: Rejections;
  readonly #savedStates = new SavedStates();
  /**
   * Written, or refused as they are, which time alone may change; `undefined`: what the file says is
   * not known to be what runs.
   */
  #triedServers: ServersByBackend | undefined;

  constructor(options: ProxyOptions) {
    this.#options = options;
    const { clock, random, admin, files, reloader } = options;
    const { restart_interval, restart_jitter: jitter } = options.options;
    const intervalMs = restart_interval * 1_000;
    const pacer = createReloadPacer({ clock, random, intervalMs, jitter });
    this.#steps = new StepRunner(options);
    this.#further = new FurtherProcesses({ ...options, admins: options.furtherAdmins });
    this.#unseen = new UnseenProxy({ ...options, pacer, isWatched: admin !== undefined });
    this.#renewal = files && reloader && { ...options, files, reloader, pacer };
    this.#rejections = new Rejections(options.logger);
  }

  /** Instances that were left out when last looked at, and why. */
  get rejected(): readonly Rejected[] {
    return this.#rejections.all;
  }

  /** The file of an earlier life tells how the servers that still run were made. */
  async adoptFile(): Promise<void> {
    const { files, sections, state } = this.#options;
    const text = await files?.read();
    if (text !== undefined) state.adoptFile(text, sections);
  }

  /** What runs, if it answers. */
  async observe(): Promise<Observation | undefined> {
    const { admin } = this.#options;
    return admin === undefined ? undefined : await observe(admin);
  }

  /** Whether HAProxy takes the text that these instances would make. Changes nothing. */
  async check(instances: Instances): Promise<CheckResult> {
    const { files, sections } = this.#options;
    if (files === undefined) return { ok: true };
    await this.#prepareHosts(sections, instances);
    const { servers } = this.#build(sections, instances, undefined, () => []);
    return await files.probe(sections, servers);
  }

  async pass(instances: Instances, scope: Scope): Promise<ScopedResult> {
    const some = scope === 'all' ? undefined : await this.#passOverSome(scope, instances);
    if (some !== undefined) return { ...some, scope };
    return { ...(await this.#passOverAll(instances)), scope: 'all' };
  }

  /**
   * Brings the file, and the servers' states for a restart, up to what runs. `blamed`: another pass
   * is needed, as a server runs that the file cannot have.
   */
  async followWithFile(): Promise<PublishOutcome> {
    const { admin, files, sections, state, deeds } = this.#options;
    if (admin === undefined || files === undefined) return 'unchanged';
    // A process with other text waits for its reload, which writes the file.
    if (state.process?.fingerprint !== sections.fingerprint) return 'unchanged';
    const weights = new Map(state.unwrittenWeights);
    const servers = state.servers();
    const published = await files.publish(sections, servers);
    this.#triedServers = servers;
    const seen = await observeStates(admin);
    if (seen !== undefined) {
      await files.saveServerStates(sections, seen.serversState);
      this.#savedStates.saved(seen.servers);
    }
    await deeds.saveRetiring();
    if (weights.size > 0 && (published === 'written' || published === 'unchanged')) {
      state.forgetWritten(weights);
      await deeds.saveWeights();
    }
    return published;
  }

  /** Whether HAProxy would find its servers in these states again, where any are kept for it. */
  areSaved(servers: readonly ActualServer[]): boolean {
    const { serverStatePath } = this.#options.sections;
    return serverStatePath === undefined || !this.#savedStates.areBehind({ of: 'all', servers });
  }

  /** `undefined`: it takes a look at everything. */
  async #passOverSome(
    services: ReadonlySet<string>,
    instances: Instances,
  ): Promise<PassResult | undefined> {
    const { admin, line, furtherAdmins, sections: all, state } = this.#options;
    if (admin === undefined || furtherAdmins.length > 0 || services.size > fewServices) {
      return undefined;
    }
    const backends = all.backends.filter(({ service }) => services.has(service));
    if (backends.length === 0) return idle;
    const sections = { ...all, backends };
    await this.#prepareHosts(sections, instances);
    const names = backends.map(({ backend }) => backend);
    const seenOnLine = await observeSome(line, names);
    const seen = seenOnLine ?? (await observeSome(admin, names));
    const { process } = seen ?? {};
    if (seen === undefined || process?.pid !== state.process?.pid) return undefined;
    if (process?.fingerprint !== all.fingerprint) return undefined;
    this.#take(seen);
    const desired = this.#desire(sections, instances, seen);
    const { steps, reloadReasons } = this.#plan(desired, seen, []);
    if (reloadReasons.length > 0) return undefined;
    return await this.#carryOut(steps, desired, seen, seenOnLine ? line : admin);
  }

  async #passOverAll(instances: Instances): Promise<PassResult> {
    const { admin, sections } = this.#options;
    await this.#prepareHosts(sections, instances);
    const seen = await this.observe();
    this.#noticeProcess(seen);
    if (seen !== undefined) this.#take(seen);
    const desired = this.#desire(sections, instances, seen);
    if (admin === undefined || seen === undefined) {
      this.#triedServers = undefined;
      return await this.#unseen.pass(desired);
    }
    this.#unseen.end();
    const hasText = seen.process.fingerprint === sections.fingerprint;
    const { steps, reloadReasons } = this.#plan(
      desired,
      seen,
      hasText ? [] : await listBackends(admin),
    );
    if (reloadReasons.length === 0) return await this.#carryOut(steps, desired, seen, admin);
    const renewal = await this.#renew(desired, seen, reloadReasons);
    if (renewal === 'done' || renewal === 'blamed') return { ...idle, againInMs: 0 };
    const result = await this.#carryOut(steps, desired, seen, admin);
    return { ...result, againInMs: earlier(result.againInMs, this.#renewal?.pacer.waitMs()) };
  }

  async #renew(
    desired: Desired,
    seen: Observation,
    reasons: readonly string[],
  ): Promise<RenewalOutcome> {
    const { files } = this.#options;
    this.#triedServers = undefined;
    if (this.#renewal !== undefined) return await renew(this.#renewal, desired, seen, reasons);
    return files === undefined ? 'not-now' : prepare({ ...this.#options, files }, desired, seen);
  }

  #take(seen: Look): void {
    const { state, sections, onSeen } = this.#options;
    state.forgetGone(seen);
    onSeen(sections, seen);
  }

  #plan(desired: Desired, seen: Look, backends: readonly string[]): Plan {
    const { state } = this.#options;
    state.adoptRunning(desired, seen);
    const { fingerprint } = seen.process;
    return planSteps(desired, { fingerprint, backends: new Set(backends), ...seen }, state);
  }

  async #carryOut(
    steps: readonly Step[],
    desired: Desired,
    seen: Look,
    admin: AdminSocket,
  ): Promise<PassResult> {
    const { state } = this.#options;
    const areBehind = this.#savedStates.areBehind(seen);
    const own = await this.#steps.run(steps, desired, admin);
    const further = await this.#further.pass(desired, seen.process);
    const isTried = this.#triedServers !== undefined && state.stillHas(this.#triedServers);
    return { againInMs: earlier(own, further), fileIsBehind: areBehind || !isTried };
  }

  async #prepareHosts({ backends }: Sections, instances: Instances): Promise<void> {
    const known = backends.flatMap(({ service }) => instances.get(service) ?? []);
    await this.#options.resolver.prepare(known.map(({ host }) => host));
  }

  #desire(sections: Sections, instances: Instances, seen: Look | undefined): Desired {
    const { linesOf } = this.#options.state;
    const { servers, rejected } = this.#build(sections, instances, seen, linesOf);
    this.#rejections.replace(sections, rejected);
    return { ...sections, servers };
  }

  #build(
    sections: Sections,
    instances: Instances,
    seen: Look | undefined,
    held: BuildContext['held'],
  ): BuiltServers {
    const { state, resolver, options, zones } = this.#options;
    const backends = sections.backends.map(({ backend }) => backend);
    return buildServers(sections, instances, {
      held,
      zones,
      isUp: healthIn(seen?.index ?? new Map(), state.retiring),
      addressOf: resolver.addressOf,
      runningAt: (backend, server) => seen?.index.get(backend)?.get(server)?.address,
      ids: state.ids(backends, seen?.servers ?? []),
      maxServerId: options.max_server_id,
      refusedLines: state.refusedLines,
    });
  }

  #noticeProcess(seen: Observation | undefined): void {
    const { state, changes, sections } = this.#options;
    const before = state.process;
    if (before?.pid === seen?.process.pid) return;
    if (seen === undefined) {
      state.process = undefined;
      changes.record('proxy-lost', { pid: before?.pid });
    } else {
      state.meet(seen.process, seen.servers);
      const { pid, version, fingerprint } = seen.process;
      changes.record('proxy-found', {
        pid,
        version,
        adopted: fingerprint === sections.fingerprint,
      });
    }
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
