/**
 * One running HAProxy and its file, kept in step with the instances that should serve.
 *
 *   instances ─► server lines ─┐
 *                              ├─ plan ─┬─► steps over the runtime socket ─► file follows
 *   HAProxy ─── observation ───┘        └─► file, checked ─► reload ─► the new worker's word
 *
 * Level-triggered: each pass looks at what is and mends the difference, whatever caused it.
 */
import type { ZoneConfig } from '../../config/synapse-guard.ts';
import type { HaproxyOptions } from '../../config/synapse-haproxy.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { ChangeLog } from '../changes.ts';
import type { Instance } from '../instance.ts';
import type { HostResolver } from '../resolve-hosts.ts';
import type { AdminSocket } from './admin.ts';
import type { ActualServer } from './answers.ts';
import { type BuiltServers, buildServers, type Rejected } from './build-servers.ts';
import type { CheckResult } from './config-file.ts';
import type { FileKeeper } from './file-keeper.ts';
import { FurtherProcesses } from './further-processes.ts';
import { healthIn } from './health.ts';
import { listBackends, type Observation, observe } from './observe.ts';
import { idle, type PassResult } from './pass-result.ts';
import { planSteps, type Step } from './plan.ts';
import type { Reloader } from './reload.ts';
import { createReloadPacer } from './reload-pacer.ts';
import type { ServersByBackend } from './render.ts';
import { type RenewalOptions, renew } from './renewal.ts';
import type { RunningState } from './running-state.ts';
import type { Sections } from './sections.ts';
import { StepRunner } from './step-runner.ts';
import { UnseenProxy } from './unseen.ts';

/** Service → its instances that should serve; a service of which nothing is known is not in it. */
export type Instances = ReadonlyMap<string, readonly Instance[]>;

export interface ProxyOptions {
  readonly options: HaproxyOptions;
  readonly sections: Sections;
  /** Each `undefined` where the configuration does without it. */
  readonly admin: AdminSocket | undefined;
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
  /** Called with each look at what runs. */
  readonly onSeen: (sections: Sections, servers: readonly ActualServer[]) => void;
  /** Called before servers go into maintenance: synapse must know its own deeds after a crash. */
  readonly saveRetiring: () => Promise<void>;
  /** For those who ask later why it was done. */
  readonly causeOf: (step: Step) => string | undefined;
}

export class ManagedProxy {
  readonly #options: ProxyOptions;
  readonly #steps: StepRunner;
  readonly #further: FurtherProcesses;
  readonly #unseen: UnseenProxy;
  /** `undefined`: the configuration does without reloads. */
  readonly #renewal: RenewalOptions | undefined;
  #rejected: readonly Rejected[] = [];
  /** What the saved states of servers say: `outlineOf`. */
  #saved: string | undefined;

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
    return await files.probe(sections, this.#build(instances, undefined, new Map()).servers);
  }

  async pass(instances: Instances): Promise<PassResult> {
    const { admin, state, sections } = this.#options;
    await this.#prepareHosts(instances);
    const seen = await this.observe();
    this.#noticeProcess(seen);
    if (seen !== undefined) this.#options.onSeen(sections, seen.servers);
    const built = this.#build(instances, seen, state.servers());
    this.#noticeRejected(built.rejected);
    const desired = { ...sections, servers: built.servers };
    if (admin === undefined || seen === undefined) return await this.#unseen.pass(desired);
    state.notice(desired, seen.servers);
    const { fingerprint } = seen.process;
    const backends = fingerprint === sections.fingerprint ? [] : await listBackends(admin);
    const actual = { fingerprint, backends: new Set(backends), servers: seen.servers };
    const { steps, reloadReasons } = planSteps(desired, actual, state);
    const carryOut = async (): Promise<PassResult> => {
      const result = await this.#steps.run(steps, desired, admin);
      const further = await this.#further.pass(desired, seen.process);
      return { ...result, againInMs: earlier(result.againInMs, further.againInMs) };
    };
    if (reloadReasons.length === 0) {
      const isBehind = this.#saved !== outlineOf(seen.servers);
      const result = await carryOut();
      return { ...result, fileIsBehind: result.fileIsBehind || isBehind };
    }
    const renewal = this.#renewal && (await renew(this.#renewal, desired, seen, reloadReasons));
    if (renewal === 'done' || renewal === 'blamed') return { ...idle, againInMs: 0 };
    const result = await carryOut();
    return { ...result, againInMs: earlier(result.againInMs, this.#renewal?.pacer.waitMs()) };
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
    if (seen !== undefined) {
      await files.saveServerStates(sections, seen.serversState);
      this.#saved = outlineOf(seen.servers);
    }
    return published === 'blamed';
  }

  async #prepareHosts(instances: Instances): Promise<void> {
    await this.#options.resolver.prepare([...instances.values()].flat().map(({ host }) => host));
  }

  #build(
    instances: Instances,
    seen: Observation | undefined,
    held: ServersByBackend,
  ): BuiltServers {
    const { sections, state, resolver, options, zones } = this.#options;
    return buildServers(sections, instances, {
      held,
      zones,
      isUp: healthIn(seen?.servers ?? [], state.retiring),
      addressOf: resolver.addressOf,
      ids: state.ids(seen?.servers ?? []),
      maxServerId: options.max_server_id,
      refusedLines: state.refusedLines,
    });
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
}

/** What must outlive a restart of HAProxy: others set it, or its checks found it out. */
function outlineOf(servers: readonly ActualServer[]): string {
  return servers
    .map(({ backend, name, admin, up, weight }) => `${backend}/${name} ${admin} ${up} ${weight}`)
    .join('\n');
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
