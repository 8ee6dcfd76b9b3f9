import type { Stage } from './drill.ts';
import { serviceOf } from './inventory.ts';
import { limits } from './limits.ts';

/** Judges how many registrations of a service came or went since a moment, in any host's eyes. */
export function judgeRegistrations(stage: Stage, service: string, fromMs: number): void {
  const { zkPath } = serviceOf(stage.inventory.outputs, service);
  const changes = stage.inventory.serviceHosts.map((host) => {
    const seen = stage.watch.registry(host, zkPath);
    const before = seen.findLast(({ at }) => at <= fromMs)?.nodes ?? [];
    const nodes = new Set(seen.filter(({ at }) => at > fromMs).flatMap((one) => one.nodes));
    const came = [...nodes].filter((node) => !before.includes(node));
    const gone = before.filter((node) =>
      seen.some((one) => one.at > fromMs && !one.nodes.includes(node)),
    );
    return came.length + gone.length;
  });
  stage.judge(limits.registrationsMoved, Math.max(0, ...changes));
}
