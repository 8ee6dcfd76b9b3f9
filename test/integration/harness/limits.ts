/**
 * What drills must not exceed. None of these is ever softened: who exceeds one has found a fault.
 *
 * They follow from what the catalog says of checks and sessions; the drills' services have its
 * defaults.
 */
import type { JudgedLimit } from './outcome.ts';

export interface Limit {
  readonly name: string;
  readonly limit: number;
  readonly unit: JudgedLimit['unit'];
}

const checkIntervalMs = 1_000;
const rise = 1;
const fall = 1;
const sessionTimeoutMs = 10_000;
const tickMs = 2_000;

/** A client that hears nothing sends one more ping, this long after the last answer. */
const pingMs = sessionTimeoutMs / 3;

const ms = (name: string, limit: number): Limit => ({ name, limit, unit: 'ms' });

export const limits = {
  failedRequests: { name: 'failed requests', limit: 0, unit: 'requests' },
  /** Of partitions, and of a host without power: what was on its way there is lost. */
  failedLater: {
    name: 'failed requests sent later than 2 s after the fault',
    limit: 0,
    unit: 'requests',
  },
  failedElsewhere: {
    name: 'failed requests on hosts that nothing happened to',
    limit: 0,
    unit: 'requests',
  },
  askedWhileOut: {
    name: 'requests to an instance that was out',
    limit: 0,
    unit: 'requests',
  },
  failedBefore: { name: 'failed requests before the fault', limit: 0, unit: 'requests' },
  leaveToOut: ms('graceful stop or drain to out of every proxy', 1_000),
  toldCrashToOut: ms('crash (nerve is told) to out of every proxy', 1_000),
  crashToOut: ms('failure to out of every proxy', checkIntervalMs * fall + 1_000),
  nerveGone: ms('nerve gone for good to registration gone', sessionTimeoutMs + tickMs + 1_000),
  nerveDeaf: ms(
    'nerve heard but deaf to registration gone',
    Math.ceil(pingMs) + sessionTimeoutMs + tickMs + 1_000,
  ),
  backIn: ms('answering again to back in every proxy', checkIntervalMs * rise + 1_000),
  registryBack: ms('ZooKeeper back to all right, owners alive', 5_000),
  registryBackOthers: ms(
    'ZooKeeper back to registrations of the dead gone',
    sessionTimeoutMs + tickMs + 1_000,
  ),
  twentyInTurn: ms('20 instances came and went', 60_000),
  reloads: { name: 'reloads of HAProxy', limit: 0, unit: 'reloads' },
  registrationsMoved: { name: 'registrations that came or went', limit: 0, unit: 'times' },
  /** A leak grows with each drill; what is open for a moment is waited for. */
  moreDescriptors: { name: 'more file descriptors of a daemon', limit: 12, unit: 'descriptors' },
  moreMemory: { name: 'more memory of a daemon', limit: 40, unit: 'MB' },
} as const satisfies Readonly<Record<string, Limit>>;

export function judge(limit: Limit, measured: number | undefined): JudgedLimit {
  const passed = measured !== undefined && measured <= limit.limit;
  return { ...limit, ...(measured === undefined ? {} : { measured }), passed };
}
