import type { Clock } from '../../lib/clock.ts';
import { withDeadline } from '../../lib/deadline.ts';
import type { Address, Dial } from '../../lib/silent-connection.ts';
import type { CheckDefinition } from '../checks/definition.ts';
import type { CheckPlan } from './check-plan.ts';

export interface ConnectProbeOptions {
  readonly address: Address;
  /** The longest that two probes are apart. */
  readonly intervalMs: number;
  readonly dial: Dial;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The port was closed, or may have been, and is open. */
  readonly onOpen: () => void;
}

export interface ConnectProbe {
  /** Without effect while it probes. */
  start(): void;
  stop(): void;
}

/** Between two probes of a closed port, at most. */
const probeMs = 100;
/** Probes are up to this share closer, so that those of many services spread out. */
const jitter = 0.2;
/** A port that takes longer to answer counts as closed. */
const timeoutMs = 100;

/** Whether a check of this kind connects to its host and port. */
const connects: Readonly<Record<CheckDefinition['type'], boolean>> = {
  tcp: true,
  http: true,
  redis: true,
  rabbitmq: true,
  grpc: true,
  sql: true,
  exec: false,
  module: false,
  noop: false,
};

/** Whose opening is worth a check: `undefined` where no check would tell, or checks are as fast. */
export function addressToProbe(plan: CheckPlan): Address | undefined {
  if (plan.intervalMs <= probeMs) return undefined;
  const [first, ...others] = plan.checks.filter(({ type }) => connects[type]);
  if (first === undefined) return undefined;
  const shared = others.every(({ host, port }) => host === first.host && port === first.port);
  const { host, port } = shared ? first : plan;
  return { host, port };
}

/** Looks, cheaper than a check and more often, whether the port of a failing service opens. */
export function createConnectProbe(options: ConnectProbeOptions): ConnectProbe {
  let running: AbortController | undefined;
  return {
    start: () => {
      if (running !== undefined) return;
      running = new AbortController();
      void awaitOpenings(options, running.signal);
    },
    stop: () => {
      running?.abort();
      running = undefined;
    },
  };
}

async function awaitOpenings(options: ConnectProbeOptions, signal: AbortSignal): Promise<void> {
  const { intervalMs, clock, random, onOpen } = options;
  let waitMs = probeMs;
  // It may have opened since the check failed: at worst there is one check too many.
  let wasOpen = false;
  for (;;) {
    await clock.sleep(waitMs * (1 - jitter * random()), signal).catch(() => undefined);
    if (signal.aborted) return;
    const open = await isOpen(options, signal);
    if (signal.aborted) return;
    if (open && !wasOpen) onOpen();
    // Ever slower while it stays open: a database that counts connections which say nothing would
    // lock this host out (MySQL's max_connect_errors).
    waitMs = open ? Math.min(intervalMs, waitMs * 2) : probeMs;
    wasOpen = open;
  }
}

async function isOpen(
  { address, dial, clock }: ConnectProbeOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const connection = dial(address);
  const opened = withDeadline(connection.opened, { ms: timeoutMs, clock, signal });
  const open = await opened.catch(() => false);
  connection.close();
  return open;
}
