/** Judges of traffic that moves, used by many drills. */
import type { Stage } from '../harness/drill.ts';
import { type Limit, limits } from '../harness/limits.ts';
import { inEveryProxy, outOfEveryProxy } from '../harness/moments.ts';

/** Judges how soon an instance was out of every proxy, and keeps it as when traffic had moved. */
export async function goesOut(
  stage: Stage,
  limit: Limit,
  fromMs: number,
  service: string,
  instance: string,
  but: readonly string[] = [],
): Promise<void> {
  const out = (): number | undefined => outOfEveryProxy(stage, service, instance, fromMs, but);
  stage.times({ trafficMovedMs: await stage.within(limit, fromMs, out) });
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
