/**
 * One running HAProxy and its file, kept in step with the instances that should serve.
 *
 *   instances ─► server lines ─┐
 *                              ├─ plan ─┬─► steps over the runtime socket ─► file follows
 *   HAProxy ─── observation ───┘        └─► file, checked ─► reload ─► the new worker's word
 *
 * Level-triggered: each pass looks at what is and mends the difference, whatever caused it.
 */
import type { HaproxyOptions } from '../../config/synapse-haproxy.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { isSystemError } from '../../lib/system-error.ts';
import type { ChangeLog } from '../changes.ts';
import type { Instance } from '../instance.ts';
import type { HostResolver } from '../resolve-hosts.ts';
import { AdminError, type AdminSocket } from './admin.ts';
import { type BuiltServers, buildServers, type Rejected } from './build-servers.ts';
import type { CheckResult } from './config-file.ts';
import { executeStep } from './execute.ts';
import type { FileKeeper, HeldFiles, PublishOutcome } from './file-keeper.ts';
import { listBackends, type Observation, observe } from './observe.ts';
import { type Desired, planSteps, type Step } from './plan.ts';
import type { Reloader } from './reload.ts';
import { createReloadPacer, type ReloadPacer } from './reload-pacer.ts';
import type { RunningState } from './running-state.ts';
import type { Sections } from './sections.ts';

/** Service → its instances that should serve. */
export type Instances = ReadonlyMap<string, readonly Instance[]>;

export interface PassResult {
  /** Look again by then; `undefined`: time alone will not bring anything to do. */
  readonly againInMs: number | undefined;
  /** The process changed, and the file has to follow. */
  readonly fileIsBehind: boolean;
}

export interface ProxyOptions {
  readonly options: HaproxyOptions;
  readonly sections: Sections;
  /** Each `undefined` where the configuration does without it. */
  readonly admin: AdminSocket | undefined;
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
  /** Called before servers go into maintenance: synapse must know its own deeds after a crash. */
  readonly saveRetiring: () => Promise<void>;
}

const idle: PassResult = { againInMs: undefined, fileIsBehind: false };
const retryMs = 250;
const firstBusyMs = 20;
const lastBusyMs = 500;

export class ManagedProxy {
  readonly #options: ProxyOptions;
  readonly #pacer: ReloadPacer;
  #busyMs = firstBusyMs;
  #reloadIsOwed = false;
  #rejected: readonly Rejected[] = [];

  constructor(options: ProxyOptions) {
    this.#options = options;
    const { clock, random, options: haproxy } = options;
    const intervalMs = haproxy.restart_interval * 1_000;
    this.#pacer = createReloadPacer({ clock, random, intervalMs, jitter: haproxy.restart_jitter });
  }

  /** Instances that were left out in the last pass, and why. */
  get rejected(): readonly Rejected[] {
    return this.#rejected;
  }

  /** The file of an earlier life tells how the servers that still run were made. */
  async adoptFile(): Promise<void> {
    const text = await this.#options.files?.read();
    if (text !== undefined) this.#options.state.adoptFile(text);
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
    await this.#prepareHosts(instances);
    return await files.probe(sections, this.#build(instances, undefined).servers);
  }

  async pass(instances: Instances): Promise<PassResult> {
    const { admin, state, sections } = this.#options;
    await this.#prepareHosts(instances);
    const seen = await this.observe();
    this.#noticeProcess(seen);
    const built = this.#build(instances, seen);
    this.#noticeRejected(built.rejected);
    const desired = { ...sections, servers: built.servers };
    if (admin === undefined || seen === undefined) return await this.#passWithoutProcess(desired);
    state.notice(desired, seen.servers);
    const { fingerprint } = seen.process;
    const backends = fingerprint === sections.fingerprint ? [] : await listBackends(admin);
    const actual = { fingerprint, backends: new Set(backends), servers: seen.servers };
    const { steps, reloadReasons } = planSteps(desired, actual, state);
    if (reloadReasons.length === 0) return await this.#carryOut(steps, desired, admin);
    const renewal = await this.#renew(desired, seen, reloadReasons);
    if (renewal !== 'not-now') return { ...idle, againInMs: 0 };
    const result = await this.#carryOut(steps, desired, admin);
    const waitMs = this.#canRenew() ? this.#pacer.waitMs() : result.againInMs;
    return { ...result, againInMs: earlier(result.againInMs, waitMs) };
  }

  /**
   * Brings the file, and the servers' states for a restart, up to what runs. Resolves to `true`
   * when another pass is needed: a server runs that the file cannot have.
   */
  async followWithFile(): Promise<boolean> {
    const { admin, files, sections, state } = this.#options;
    if (admin === undefined || files === undefined) return false;
    // A process with other text waits for its reload, which writes the file.
    if (state.process?.fingerprint !== sections.fingerprint) return false;
    const published = await files.publish(sections, state.servers());
    const seen = await observe(admin);
    if (seen !== undefined) await files.saveServerStates(sections, seen.serversState);
    return published === 'blamed';
  }

  async #prepareHosts(instances: Instances): Promise<void> {
    await this.#options.resolver.prepare([...instances.values()].flat().map(({ host }) => host));
  }

  #build(instances: Instances, seen: Observation | undefined): BuiltServers {
    const { sections, state, resolver, options } = this.#options;
    return buildServers(sections, instances, {
      addressOf: resolver.addressOf,
      ids: state.ids(seen?.servers ?? []),
      maxServerId: options.max_server_id,
      refusedLines: state.refusedLines,
    });
  }

  /** Nobody to talk to: the file is what HAProxy will start from. */
  async #passWithoutProcess(desired: Desired): Promise<PassResult> {
    const { admin, files, reloader, sections, state, signal } = this.#options;
    if (files === undefined) return idle;
    const wait = this.#pacer.waitMs();
    if (admin === undefined && wait > 0) return { ...idle, againInMs: wait };
    const published = await files.publish(sections, desired.servers);
    if (published === 'blamed') return { ...idle, againInMs: 0 };
    if (published === 'refused') return idle;
    state.replaceAll(desired);
    this.#reloadIsOwed ||= published === 'written';
    if (!this.#reloadIsOwed || reloader === undefined) return idle;
    // It may run without the socket that the new text gives it.
    const result = await reloader.reload(undefined, sections.fingerprint, signal);
    // A process that can be watched shows by itself what it lacks.
    this.#reloadIsOwed = !result.ok && admin === undefined;
    if (result.ok) this.#noteReload(['the file changed']);
    else this.#options.logger.debug('proxy-not-reloaded', { reason: result.reason });
    // Again after the usual interval: it may just not have been started yet.
    if (this.#reloadIsOwed) this.#pacer.reloaded();
    return { ...idle, againInMs: this.#reloadIsOwed ? this.#pacer.waitMs() : undefined };
  }

  /**
   * `done`: a new worker runs the desired text. `blamed`: try without some instances. `not-now`:
   * the old worker goes on with the old text.
   */
  async #renew(
    desired: Desired,
    seen: Observation,
    reasons: readonly string[],
  ): Promise<'done' | 'blamed' | 'not-now'> {
    const { files, reloader, sections, state, signal, logger } = this.#options;
    if (files === undefined || reloader === undefined || this.#pacer.waitMs() > 0) {
      return 'not-now';
    }
    return await files.exclusively(async (held) => {
      const before = await held.read();
      const published = await this.#tryToPublish(held, desired);
      if (published === 'blamed') return 'blamed';
      if (published === 'refused') {
        this.#pacer.failed();
        return 'not-now';
      }
      await held.saveServerStates(sections, seen.serversState);
      const result = await reloader.reload(seen.process, sections.fingerprint, signal);
      if (result.ok) {
        state.process = result.process;
        state.replaceAll(desired);
        this.#noteReload(reasons);
        return 'done';
      }
      this.#pacer.failed();
      logger.error('reload-failed', { reasons, reason: result.reason });
      if (before !== undefined) await held.putBack(before);
      // A master whose reload failed waits for a good one, with the old worker serving.
      await reloader.reload(undefined, seen.process.fingerprint ?? '', signal);
      return 'not-now';
    });
  }

  /** A full disk stops reloads, and nothing that goes over the runtime socket. */
  async #tryToPublish(held: HeldFiles, { servers }: Desired): Promise<PublishOutcome> {
    const { sections, logger } = this.#options;
    try {
      return await held.publish(sections, servers);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      logger.error('file-write-failed', { error });
      return 'refused';
    }
  }

  #canRenew(): boolean {
    return this.#options.files !== undefined && this.#options.reloader !== undefined;
  }

  async #carryOut(
    steps: readonly Step[],
    desired: Desired,
    admin: AdminSocket,
  ): Promise<PassResult> {
    const { state, saveRetiring, logger } = this.#options;
    const retires = steps.filter(({ kind }) => kind === 'retire-server');
    for (const step of retires) state.foresee(step);
    if (retires.length > 0) await saveRetiring();
    const outcomes: string[] = [];
    try {
      for (const step of steps) outcomes.push(await this.#carryOutStep(step, desired, admin));
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      logger.warn('runtime-socket-failed', { error });
      return { againInMs: retryMs, fileIsBehind: outcomes.includes('done') };
    }
    return {
      againInMs: this.#nextLook(outcomes, retires.length),
      fileIsBehind: outcomes.includes('done'),
    };
  }

  async #carryOutStep(step: Step, desired: Desired, admin: AdminSocket): Promise<string> {
    const { state, changes, logger } = this.#options;
    const outcome = await executeStep(step, admin);
    state.record(step, outcome, desired);
    const { kind, backend, server } = step;
    if (outcome.kind === 'done') changes.record(kind, { backend, server });
    if (outcome.kind === 'refused') {
      logger.warn('step-refused', { step: kind, backend, server, reason: outcome.reason });
    }
    return outcome.kind;
  }

  /** Requests that are under way decide when a retired server can go: look ever less often. */
  #nextLook(outcomes: readonly string[], retired: number): number | undefined {
    if (outcomes.includes('refused') || retired > 0) return 0;
    if (!outcomes.includes('busy')) {
      this.#busyMs = firstBusyMs;
      return undefined;
    }
    this.#busyMs = Math.min(lastBusyMs, this.#busyMs * 2);
    return this.#busyMs;
  }

  #noticeProcess(seen: Observation | undefined): void {
    const { state, changes, sections } = this.#options;
    const before = state.process;
    state.process = seen?.process;
    if (before?.pid === seen?.process.pid) return;
    state.refused.clear();
    if (seen === undefined) changes.record('proxy-lost', { pid: before?.pid });
    else {
      const { pid, version, fingerprint } = seen.process;
      changes.record('proxy-found', {
        pid,
        version,
        adopted: fingerprint === sections.fingerprint,
      });
    }
  }

  #noticeRejected(rejected: readonly Rejected[]): void {
    const known = new Set(this.#rejected.map((one) => JSON.stringify(one)));
    this.#rejected = rejected;
    for (const one of rejected) {
      if (known.has(JSON.stringify(one))) continue;
      this.#options.logger.warn('registration-rejected', { ...one });
    }
  }

  #noteReload(reasons: readonly string[]): void {
    const { state, changes } = this.#options;
    this.#pacer.reloaded();
    state.reloads += 1;
    changes.record('proxy-reloaded', { reasons, pid: state.process?.pid });
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
