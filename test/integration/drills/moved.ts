import type { Stage } from '../harness/drill.ts';
import type { Limit } from '../harness/limits.ts';
import { outOfEveryProxy } from '../harness/moments.ts';

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
