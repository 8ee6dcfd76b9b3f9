/**
 * The checks of one service, round after round.
 *
 *   pace ──due──► round of all checks ──► rise/fall each ──► health
 *                   ▲    ▲                                     │
 *           trigger │    └─ its end ── crash watch ◄── up ─────┤
 *                   └────── it opens ── connect probe ◄─ else ─┘
 */
import type { Clock } from '../../lib/clock.ts';
import { createWake, type Wake } from '../../lib/wake.ts';
import { CheckPanel, type CheckPanelOptions, type CheckStatus } from './check-panel.ts';
import type { Company } from './company.ts';
import { createEarlySigns, type EarlySigns, type EarlySignsOptions } from './early-signs.ts';
import { createPace } from './pace.ts';

export type { CheckFailure, CheckStatus } from './check-panel.ts';

export type CheckLoopOptions = CheckPanelOptions &
  Omit<EarlySignsOptions, 'onSign'> & {
    /** Of the rounds of other services. */
    readonly company?: Company;
  };

export interface CheckLoop {
  readonly checks: readonly CheckStatus[];
  /** Runs all checks at once: now, or right after those under way. */
  trigger(): void;
  stop(): Promise<void>;
}

/** Triggered rounds start no closer to each other. */
const triggerGapMs = 10;

export function startCheckLoop(options: CheckLoopOptions): CheckLoop {
  const { plan, onHealth } = options;
  const panel = new CheckPanel(plan.checks, options);
  const stopping = new AbortController();
  const wake = createWake();
  const signs = createEarlySigns({ ...options, onSign: () => wake.wake() });
  const run = async (): Promise<void> => {
    if (plan.mocked || plan.checks.length === 0) return onHealth('up', []);
    await runRounds({ ...options, panel, wake, signs }, stopping.signal);
  };
  const running = run().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    get checks() {
      return panel.statuses;
    },
    trigger: () => wake.wake(),
    stop: async () => {
      stopping.abort();
      signs.stop();
      await running;
    },
  };
}

type Rounds = CheckLoopOptions & {
  readonly panel: CheckPanel;
  readonly wake: Wake;
  readonly signs: EarlySigns;
};

async function runRounds(
  { plan, panel, wake, signs, clock, random, company }: Rounds,
  signal: AbortSignal,
): Promise<void> {
  const { intervalMs, fastIntervalMs } = plan;
  const pace = createPace({ intervalMs, fastIntervalMs, random, company });
  let triggeredMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const startMs = clock.now();
    wake.forget();
    await panel.run(signal);
    signal.throwIfAborted();
    signs.observe({ up: panel.health === 'up', passing: panel.passing });
    const dueMs = pace.next(startMs, panel.between);
    const cause = await wake.wait(Math.max(0, dueMs - clock.now()), clock, signal);
    if (cause === 'elapsed') continue;
    await sleepUntil(triggeredMs + triggerGapMs, clock, signal);
    triggeredMs = clock.now();
  }
}

async function sleepUntil(atMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const ms = atMs - clock.now();
  if (ms > 0) await clock.sleep(ms, signal);
}
