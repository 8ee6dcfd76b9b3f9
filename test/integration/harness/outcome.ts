/**
 * What a run of drills found: plain data, as the report's JSON file holds it.
 *
 * Moments (`…AtMs`) are milliseconds since the epoch by the clock of the machine that runs the
 * drills; lengths (`…Ms`) are milliseconds.
 */
import type { TrafficKind } from '../traffic/record.ts';

export type DrillSet = 'tutorial' | 'cookbook' | 'production' | 'random';

export type PhaseName = 'steady' | 'break' | 'observe' | 'heal' | 'recover' | 'judge';

export interface Phase {
  readonly name: PhaseName;
  readonly fromAtMs: number;
  readonly toAtMs: number;
}

/** From before something was broken until it was healed. */
export interface FaultWindow {
  /** Such as `kill -9 of service_a`. */
  readonly what: string;
  readonly hosts: readonly string[];
  readonly fromAtMs: number;
  readonly toAtMs: number;
}

/** A number that must not be exceeded, beside the one that was measured. */
export interface JudgedLimit {
  readonly name: string;
  readonly limit: number;
  /** Missing where it never came to that: that is a failure. */
  readonly measured?: number;
  readonly unit: 'ms' | 'requests' | 'reloads' | 'restarts' | 'descriptors' | 'MB' | 'times';
  readonly passed: boolean;
}

/** Requests of one kind, from one host to one service, by time: bucket `i` starts `i` buckets on. */
export interface TrafficSeries {
  readonly host: string;
  readonly service: string;
  readonly kind: TrafficKind;
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  /** The slowest answer in each bucket; 0 where there is none. */
  readonly slowestMs: readonly number[];
}

export interface Failure {
  readonly host: string;
  readonly service: string;
  readonly kind: TrafficKind;
  readonly atMs: number;
  readonly latencyMs: number;
  readonly cause: string;
}

export interface TrafficSummary {
  readonly fromAtMs: number;
  readonly bucketMs: number;
  readonly sent: number;
  readonly failed: number;
  readonly failedByCause: Readonly<Record<string, number>>;
  readonly series: readonly TrafficSeries[];
  /** The first of them, by time. */
  readonly failures: readonly Failure[];
}

/** How long things took; each is missing where a drill has no such moment. */
export interface DrillTimes {
  /** From the fault until the registry or the first proxy acted on it. */
  readonly detectedMs?: number;
  /** From the fault until no new request went to what was broken. */
  readonly trafficMovedMs?: number;
  /** From the end of healing until all was as before. */
  readonly recoveredMs?: number;
}

export interface LawViolation {
  /** Such as `views agree` or `daemons not restarted`. */
  readonly law: string;
  readonly host?: string;
  readonly what: string;
}

export interface LogExcerpt {
  readonly host: string;
  readonly unit: string;
  readonly lines: readonly { readonly atMs: number; readonly text: string }[];
}

interface DrillHeader {
  readonly title: string;
  readonly set: DrillSet;
  /** One sentence: what is broken, and what must be true all the same. */
  readonly about: string;
  readonly seed?: number;
}

export interface SkippedDrill extends DrillHeader {
  readonly result: 'skipped';
  readonly because: string;
}

export interface PlayedDrill extends DrillHeader {
  readonly result: 'passed' | 'failed';
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly phases: readonly Phase[];
  readonly faults: readonly FaultWindow[];
  readonly times: DrillTimes;
  readonly limits: readonly JudgedLimit[];
  readonly traffic: TrafficSummary;
  /** HAProxy's, by host. */
  readonly reloads: Readonly<Record<string, number>>;
  readonly lawViolations: readonly LawViolation[];
  /** What went wrong beside limits and laws, such as a state that never came. */
  readonly errors: readonly string[];
  /** What is worth telling of what was seen, one line each. */
  readonly notes: readonly string[];
  /** Around what failed; empty where nothing did. */
  readonly logs: readonly LogExcerpt[];
}

export type DrillOutcome = PlayedDrill | SkippedDrill;

export interface RunOutcome {
  readonly stack: string;
  readonly target: string;
  /** Such as `quick`, or `random` with its seed. */
  readonly set: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly hosts: readonly { readonly name: string; readonly roles: readonly string[] }[];
  readonly drills: readonly DrillOutcome[];
}

/** Told as it happens; the report's terminal lines are one. */
export interface DrillObserver {
  began(drill: { readonly title: string; readonly set: DrillSet; index: number; of: number }): void;
  entered(phase: PhaseName): void;
  noted(text: string): void;
  ended(outcome: DrillOutcome): void;
}

/** `report/progress.ts`: writes to the terminal. */
export type TerminalProgress = (write: (text: string) => void) => DrillObserver;

/** `report/write.ts`: `report.html` and `report.json` in a folder that it makes; resolves to their paths. */
export type WriteReport = (
  folder: string,
  run: RunOutcome,
) => Promise<{ readonly html: string; readonly json: string }>;
