/**
 * The first watcher that can be reached and found something. Original: `resolver/sequential.rb`.
 *
 * Ours: a watcher that cannot be reached keeps its turn for a while, so that a short loss of one
 * registry does not replace every backend; and where none can be reached, the one whose turn it is
 * keeps it (law 2).
 */
import type { Clock } from '../../lib/clock.ts';
import { type Child, type Resolver, startPatienceMs } from './resolver.ts';

export interface SequentialOptions {
  /** All of the watchers, by name. */
  readonly order: readonly string[];
  readonly patienceMs: number;
  readonly clock: Clock;
}

/** As often as the original asks its watchers how they are. */
const lookMs = 1_000;

export function createSequential({ order, patienceMs, clock }: SequentialOptions): Resolver {
  const startedAtMs = clock.now();
  const watchedAtMs = new Map<string, number>();
  let current: string | undefined;

  const isReachable = ({ name, watching }: Child): boolean => {
    const nowMs = clock.now();
    if (watching) watchedAtMs.set(name, nowMs);
    return nowMs - (watchedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) <= patienceMs;
  };
  const isAwaited = ({ name, found }: Child): boolean =>
    found === undefined &&
    current === undefined &&
    clock.now() - startedAtMs < Math.min(patienceMs, startPatienceMs) &&
    order.includes(name);

  const choose = (children: readonly Child[]): readonly Child[] => {
    const ordered = order.flatMap((name) => children.filter((one) => one.name === name));
    const reachable = new Set(ordered.filter(isReachable));
    const best =
      ordered.find((one) => isAwaited(one) || (reachable.has(one) && hasInstances(one))) ??
      ordered.find((one) => one.name === current && hasInstances(one)) ??
      ordered.find(hasInstances) ??
      ordered.find(({ found }) => found !== undefined);
    if (best?.found === undefined) return [];
    current = best.name;
    return [best];
  };
  return {
    choose,
    run: async (onChange, signal) => {
      for (;;) {
        await clock.sleep(lookMs, signal);
        onChange();
      }
    },
  };
}

function hasInstances({ found }: Child): boolean {
  return found !== undefined && found.instances.length > 0;
}
