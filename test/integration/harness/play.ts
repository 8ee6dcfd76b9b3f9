/** steady → break → observe → heal (always) → recover → judge. */

import { loadavg } from 'node:os';
import type { TrafficRecord, TrafficRecorder } from '../traffic/record.ts';
import { startTraffic } from '../traffic/recorder.ts';
import { summarise } from '../traffic/summarise.ts';
import { judgeAbsences } from './absences.ts';
import type { Drill } from './drill.ts';
import { judgeFailures } from './failures.ts';
import type { Heals } from './heals.ts';
import type { Inventory } from './inventory.ts';
import { excerpts, unexpectedErrors } from './laws/logs.ts';
import { growth, type ProcessState, processes, unasked } from './laws/processes.ts';
import { disagreements } from './laws/views.ts';
import { judge, limits } from './limits.ts';
import { allProxiesWhole, registryWhole, reloadsOf, type Scene } from './moments.ts';
import type {
  DrillObserver,
  FaultWindow,
  JudgedLimit,
  LawViolation,
  Phase,
  PhaseName,
  PlayedDrill,
} from './outcome.ts';
import { LiveStage } from './stage.ts';
import { standardTraffic } from './standard-traffic.ts';
import type { Watch } from './watch/watch.ts';

/** Who follows what is played, and may end it. */
export interface Audience {
  readonly observer: DrillObserver;
  /** Ctrl-C: what is broken is healed, nothing more is played. */
  readonly signal: AbortSignal;
}

export interface Theatre extends Audience {
  readonly inventory: Inventory;
  readonly watch: Watch;
  readonly heals: Heals;
}

/** Requests before the fault and after recovery, to see that all is well. */
const calmRequests = 120;
const patienceMs = 90_000;

export async function playDrill(drill: Drill, theatre: Theatre): Promise<PlayedDrill> {
  const { inventory, watch, heals, observer, signal } = theatre;
  const startedAtMs = Date.now();
  const errors: string[] = [];
  const phases: Phase[] = [];
  let current: { name: PhaseName; fromAtMs: number } | undefined;
  const enter = (name: PhaseName): void => {
    if (current?.name === name) return;
    if (current !== undefined) phases.push({ ...current, toAtMs: Date.now() });
    current = { name, fromAtMs: Date.now() };
    observer.entered(name);
  };
  const stage = new LiveStage({ inventory, watch, heals, observer, signal, enter });
  const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      errors.push(`${what}: ${describe(error)}`);
      observer.noted(`${what}: ${describe(error).split('\n')[0]}`);
      return false;
    }
  };

  let atFirst: readonly ProcessState[] = [];
  enter('steady');
  const steady = await attempt('no steady state before it', async () => {
    await waitUntilWhole(stage, patienceMs);
    await stage.warmedUp();
    atFirst = stage.before;
    stage.traffic = await startTraffic(
      inventory.outputs,
      (drill.traffic ?? standardTraffic)(inventory),
    );
    await stage.requestsPass(calmRequests);
  });
  try {
    if (steady) await attempt('while it was broken', () => drill.play(stage));
  } finally {
    enter('heal');
    stage.comeBack();
    await attempt('healing', () => heals.all());
  }
  const healedAtMs = Date.now();
  for (const window of stage.windows) window.toAtMs ||= healedAtMs;
  if (!signal.aborted && steady) {
    enter('recover');
    await attempt('recovering', () => recover(drill, stage, healedAtMs));
  }
  enter('judge');
  errors.push(...silentHosts(stage));
  const records = await stopTraffic(stage.traffic, errors);
  const toAtMs = Date.now();
  const reloads = Object.fromEntries(
    inventory.serviceHosts.map((host) => [host, reloadsOf(stage, host, startedAtMs, toAtMs)]),
  );
  const lawViolations: LawViolation[] = [];
  if (steady && !signal.aborted) {
    await attempt('judging', async () => {
      const faultAtMs = stage.windows[0]?.fromAtMs ?? toAtMs;
      stage.limits.push(...judgeFailures(records, stage.cuts, stage.expectations, faultAtMs));
      stage.limits.push(...judgeAbsences(records, stage.absences));
      stage.limits.push(judgeReloads(stage, reloads));
      lawViolations.push(...(await lawsAfter(stage, startedAtMs)));
      stage.limits.push(...(await leaks(stage, atFirst, lawViolations)));
    });
  }
  if (signal.aborted) errors.push('interrupted');
  const passed =
    errors.length === 0 && lawViolations.length === 0 && stage.limits.every((one) => one.passed);
  // Whatever else runs there takes its share of the processors: it explains what was late.
  if (!passed) stage.note(`load of the machine that runs the drills: ${loadavg()[0]?.toFixed(1)}`);
  const logs = passed
    ? []
    : await excerpts(inventory, startedAtMs, troubleAtMs(records, stage.windows)).catch(() => []);
  const endedAtMs = Date.now();
  phases.push({ name: 'judge', fromAtMs: current?.fromAtMs ?? endedAtMs, toAtMs: endedAtMs });
  return {
    title: drill.title,
    set: drill.set,
    about: drill.about,
    result: passed ? 'passed' : 'failed',
    startedAtMs,
    endedAtMs,
    phases,
    faults: stage.windows,
    times: stage.moments,
    limits: stage.limits,
    traffic: summarise(records, { fromAtMs: startedAtMs, toAtMs }),
    reloads,
    lawViolations,
    errors,
    notes: stage.notes,
    logs,
  };
}

/** Since when all is as the catalog says, in the eyes of all proxies and of the registry. */
function wholeSince(scene: Scene): number | undefined {
  const proxies = allProxiesWhole(scene);
  const registry = registryWhole(scene);
  return proxies === undefined || registry === undefined ? undefined : Math.max(proxies, registry);
}

async function waitUntilWhole(stage: LiveStage, deadlineMs: number): Promise<void> {
  await stage.until(
    'every instance is registered once and up in every proxy',
    () => {
      if (wholeSince(stage) === undefined) throw new Error('not yet');
    },
    deadlineMs,
  );
}

/** Seen from outside and asked of the daemons: whatever of the two is later. */
async function recover(drill: Drill, stage: LiveStage, healedAtMs: number): Promise<void> {
  const patience = drill.patienceMs ?? patienceMs;
  await waitUntilWhole(stage, patience);
  let agreedAtMs = 0;
  await stage.until(
    'all views agree',
    async () => {
      const lookedAtMs = Date.now();
      const [first] = await disagreements(stage);
      if (first !== undefined) throw new Error(`${first.host}: ${first.what}`);
      agreedAtMs = lookedAtMs;
    },
    patience,
  );
  const recoveredMs = Math.max(0, agreedAtMs - healedAtMs);
  if (drill.recovers !== undefined) stage.judge(drill.recovers, recoveredMs);
  stage.times({ recoveredMs });
  await stage.requestsPass(calmRequests);
}

/** When requests failed, to the second, as there may be thousands; else around the faults. */
function troubleAtMs(
  records: readonly TrafficRecord[],
  faults: readonly FaultWindow[],
): readonly number[] {
  const seconds = records.flatMap(({ ok, atMs, latencyMs }) =>
    ok ? [] : [Math.round((atMs + latencyMs) / 1_000)],
  );
  if (seconds.length === 0) return faults.flatMap(({ fromAtMs, toAtMs }) => [fromAtMs, toAtMs]);
  return [...new Set(seconds)].map((second) => second * 1_000);
}

/** Where nothing was sent, nothing was proved; hosts that are down on purpose send again later. */
function silentHosts(stage: LiveStage): readonly string[] {
  const down = stage.expectations
    .flatMap(({ restarts = [] }) => restarts)
    .flatMap(({ host, unit }) => (unit === '*' ? [host] : []));
  for (const { host, why } of stage.traffic?.gaps() ?? []) {
    if (!down.includes(host)) stage.note(`${host} sent less for a while: ${why}`);
  }
  return (stage.traffic?.lost() ?? []).map((lost) => `no traffic: ${lost}`);
}

async function stopTraffic(
  traffic: TrafficRecorder | undefined,
  errors: string[],
): Promise<readonly TrafficRecord[]> {
  if (traffic === undefined) return [];
  try {
    return await traffic.stop();
  } catch (error) {
    errors.push(`the traffic: ${describe(error)}`);
    return [];
  }
}

function judgeReloads(stage: LiveStage, reloads: Readonly<Record<string, number>>): JudgedLimit {
  const meant = stage.expectations.flatMap((one) => one.reloads ?? []);
  const most = Object.entries(reloads)
    .filter(([host]) => !meant.includes(host))
    .map(([, count]) => count);
  return judge(limits.reloads, Math.max(0, ...most));
}

async function lawsAfter(stage: LiveStage, fromMs: number): Promise<readonly LawViolation[]> {
  const expected = stage.expectations.flatMap(({ logs = [] }) => logs);
  return [
    ...(await disagreements(stage)),
    ...(await unexpectedErrors(stage.inventory, fromMs, expected)),
  ];
}

/** What was opened for a moment is given back in a moment: a leak is not. */
async function leaks(
  stage: LiveStage,
  atFirst: readonly ProcessState[],
  violations: LawViolation[],
): Promise<readonly JudgedLimit[]> {
  let judged: readonly JudgedLimit[] = [];
  let after: readonly ProcessState[] = [];
  await stage
    .until(
      'nothing leaks',
      async () => {
        after = await processes(stage.inventory);
        judged = growth(stage.before, after);
        if (judged.some(({ passed }) => !passed)) throw new Error('not yet');
      },
      15_000,
    )
    .catch(() => {}); // the limits tell
  const excused = stage.expectations.flatMap(({ restarts = [] }) => restarts);
  violations.push(...unasked(atFirst, after, excused));
  return judged;
}

/** With all that caused it. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${describe(error.cause)})`;
}
