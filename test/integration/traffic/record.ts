/** What traffic is sent during a drill, and what became of each request. */
import type { TrafficSummary } from '../harness/outcome.ts';
import type { Hosts } from '../support/hosts.ts';

/**
 * How clients talk: HTTP on connections that are kept or on one for each request, TCP echo on a
 * connection for each message or on one that is held for as long as it lasts.
 */
export type TrafficKind = 'http-keepalive' | 'http-fresh' | 'tcp-fresh' | 'tcp-held';

export interface Flow {
  /** The host that asks, through its own local port. */
  readonly host: string;
  readonly service: string;
  readonly kind: TrafficKind;
  readonly localPort: number;
  /** Of HTTP; the instance that answers says so in `x-instance`. */
  readonly path: string;
  readonly perSecond: number;
  /** A request without an answer by then has failed with the cause `timeout`. */
  readonly giveUpMs: number;
}

/** A TCP echo server answers each line with its instance's name, a blank and that line. */
export type TrafficPlan = readonly Flow[];

interface Sent {
  readonly host: string;
  readonly service: string;
  readonly kind: TrafficKind;
  /**
   * When it was due, in milliseconds since the epoch by the clock of the machine that runs the
   * drills.
   */
  readonly atMs: number;
  /** When it really went out: later than `atMs` by what the sender itself was late. */
  readonly startedAtMs: number;
  /** From when it was due to its end. */
  readonly latencyMs: number;
  /**
   * When the connection that carried it was opened, as `atMs`: of a connection that is kept, long
   * before. Missing where none was opened.
   */
  readonly connectedAtMs?: number;
}

export interface Answered extends Sent {
  readonly ok: true;
  readonly instance: string;
}

export interface Failed extends Sent {
  readonly ok: false;
  /** `refused`, `reset`, `timeout`, `closed`, `status 503`, …: few and comparable. */
  readonly cause: string;
}

export type TrafficRecord = Answered | Failed;

/** So far, for those who wait. */
export interface LiveCount {
  readonly sent: number;
  readonly failed: number;
}

/** A time in which a host sent nothing, or less than it should. */
export interface TrafficGap {
  readonly host: string;
  readonly fromAtMs: number;
  /** Missing while it lasts. */
  readonly toAtMs?: number;
  readonly why: string;
}

export interface TrafficRecorder {
  readonly live: () => LiveCount;
  /** What ended so far, about a second late, as it came in. */
  readonly records: () => readonly TrafficRecord[];
  /** Hosts that no longer send, each with the reason: a drill proves nothing where there is one. */
  readonly lost: () => readonly string[];
  /** The same with times, those included that are over: a host that returns sends again. */
  readonly gaps: () => readonly TrafficGap[];
  /** Sends no more; resolves to everything when the last was answered or given up, by time. */
  stop(): Promise<readonly TrafficRecord[]>;
}

/** `traffic/start.ts`: resolves once every host sends; rejects where one cannot. */
export type StartTraffic = (hosts: Hosts, plan: TrafficPlan) => Promise<TrafficRecorder>;

/** `traffic/summarise.ts`: pure. */
export type Summarise = (
  records: readonly TrafficRecord[],
  span: { readonly fromAtMs: number; readonly toAtMs: number },
) => TrafficSummary;
