/** Judges of traffic that moves, used by many drills. */
import type { Stage } from '../harness/drill.ts';
import { type Limit, limits } from '../harness/limits.ts';
import { consumersOf, inEveryProxy, outOfEveryProxy, outOfFirstProxy } from '../harness/moments.ts';

/**
 * Judges how soon an instance was out of every proxy, keeps it as when traffic had moved, and has it
 * judged that no request went there from then on.
 */
export async function goesOut(
  stage: Stage,
  limit: Limit,
  fromMs: number,
  service: string,
  instance: string,
  but: readonly string[] = [],
): Promise<void> {
  const out = (): number | undefined => outOfEveryProxy(stage, service, instance, fromMs, but);
  const trafficMovedMs = await stage.within(limit, fromMs, out);
  const first = outOfFirstProxy(stage, service, instance, fromMs) ?? fromMs + trafficMovedMs;
  stage.times({ detectedMs: Math.max(0, Math.round(first - fromMs)), trafficMovedMs });
  const hosts = consumersOf(stage, service, but);
  stage.isOut({ service, instance, hosts, fromAtMs: fromMs + trafficMovedMs });
}

/** Judges how soon after `fromMs` an instance that answers again was back in every proxy. */
export async function comesBack(
  stage: Stage,
  fromMs: number,
  service: string,
  instance: string,
): Promise<void> {
  await stage.within(limits.backIn, fromMs, () => inEveryProxy(stage, service, instance));
}
