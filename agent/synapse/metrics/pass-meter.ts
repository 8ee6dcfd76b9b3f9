import type { ChangeLog } from '../changes.ts';
import type { PassReport } from '../reconcile.ts';
import type { SynapseMetrics } from './metrics.ts';

/** Tells how long passes took, and those that changed something since when it was wanted. */
export function createPassMeter(
  changes: ChangeLog,
  metrics: Pick<SynapseMetrics, 'passed' | 'applied'>,
): (pass: PassReport) => void {
  let known = changes.count;
  return ({ elapsedMs, sinceRequestMs }) => {
    metrics.passed(elapsedMs);
    if (changes.count > known && sinceRequestMs !== undefined) metrics.applied(sinceRequestMs);
    known = changes.count;
  };
}
