import type { Clock } from '../../lib/clock.ts';
import { type CheckResult, type RunCheck, runWithinTimeout } from '../checks/check.ts';
import type { CheckDefinition } from '../checks/definition.ts';
import type { CheckPlan } from './check-plan.ts';
import { createRiseFall, type Health, type RiseFall } from './rise-fall.ts';

export interface CheckLoopOptions {
  readonly plan: CheckPlan;
  readonly runCheck: RunCheck;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Hears the service's health after each result, once all checks have one. */
  readonly onHealth: (health: Health, failures: readonly CheckFailure[]) => void;
}

export interface CheckFailure {
  readonly check: string;
  readonly reason: string;
}

export interface CheckStatus {
  readonly name: string;
  /** `undefined` before the first result. */
  readonly health: Health | undefined;
  /** Why it failed last time, if it did. */
  readonly reason: string | undefined;
}

export interface CheckLoop {
  readonly checks: readonly CheckStatus[];
  stop(): Promise<void>;
}

/** Rounds are up to this share shorter than the interval, so that a fleet's checks spread out. */
const jitter = 0.1;

interface CheckState {
  readonly definition: CheckDefinition;
  readonly riseFall: RiseFall;
  last: CheckResult | undefined;
}

/**
 * Runs all checks of a service at once, round after round; a round starts one interval after the
 * start of the one before. The service is up if every check is, and down as soon as one is down.
 */
export function startCheckLoop(options: CheckLoopOptions): CheckLoop {
  const { plan } = options;
  const stopping = new AbortController();
  const states = plan.checks.map(
    (definition): CheckState => ({
      definition,
      riseFall: createRiseFall(definition),
      last: undefined,
    }),
  );
  const running = runRounds(options, states, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    get checks() {
      return states.map(({ definition, riseFall, last }) => ({
        name: definition.name,
        health: riseFall.health,
        reason: last?.passed === false ? last.reason : undefined,
      }));
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function runRounds(
  { plan, runCheck, clock, random, onHealth }: CheckLoopOptions,
  states: readonly CheckState[],
  signal: AbortSignal,
): Promise<void> {
  if (plan.mocked || states.length === 0) return onHealth('up', []);
  const runOne = async (state: CheckState): Promise<void> => {
    state.last = await runWithinTimeout(runCheck, state.definition, { clock, signal });
    state.riseFall.push(state.last.passed);
    const health = judge(states);
    if (health) onHealth(health, failuresOf(states));
  };
  for (;;) {
    const startMs = clock.now();
    await Promise.all(states.map(runOne));
    const periodMs = plan.intervalMs * (1 - jitter * random());
    await clock.sleep(Math.max(0, startMs + periodMs - clock.now()), signal);
  }
}

function judge(states: readonly CheckState[]): Health | undefined {
  if (states.some(({ riseFall }) => riseFall.health === 'down')) return 'down';
  return states.every(({ riseFall }) => riseFall.health === 'up') ? 'up' : undefined;
}

function failuresOf(states: readonly CheckState[]): readonly CheckFailure[] {
  return states.flatMap(({ definition, last }) =>
    last?.passed === false ? [{ check: definition.name, reason: last.reason }] : [],
  );
}
