import type { Clock } from '../../lib/clock.ts';
import { type Dial, dialTcp } from '../../lib/silent-connection.ts';
import type { CheckPlan } from './check-plan.ts';
import { addressToProbe, createConnectProbe } from './connect-probe.ts';
import { createCrashWatch } from './crash-watch.ts';

export interface EarlySignsOptions {
  readonly plan: CheckPlan;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A real connection by default. */
  readonly dial?: Dial;
  /** Told once if the server does not keep the crash watch's connection. */
  readonly onUnkept?: () => void;
  /** It is time to check. */
  readonly onSign: () => void;
}

export interface EarlySigns {
  /** To be told after every round of checks. */
  observe(round: { readonly up: boolean; readonly passing: boolean }): void;
  stop(): void;
}

/** What tells of a change before the next round would: a port that opens, a connection that ends. */
export function createEarlySigns(options: EarlySignsOptions): EarlySigns {
  const { plan, dial = dialTcp, onSign } = options;
  const { crashWatch, intervalMs, host, port } = plan;
  const parts = { ...options, dial };
  const probed = addressToProbe(plan);
  const probe =
    probed && createConnectProbe({ ...parts, address: probed, intervalMs, onOpen: onSign });
  const watch = crashWatch
    ? createCrashWatch({ ...parts, address: { host, port }, onEnd: onSign })
    : undefined;
  return {
    observe: (round) => {
      if (round.up) probe?.stop();
      else probe?.start();
      watch?.observe(round);
    },
    stop: () => {
      probe?.stop();
      watch?.stop();
    },
  };
}
