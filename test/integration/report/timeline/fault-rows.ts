import type { FaultWindow } from '../../harness/outcome.ts';

/** Faults in rows, none over another: each in the first row that is free by its beginning. */
export function faultRows(faults: readonly FaultWindow[]): readonly (readonly FaultWindow[])[] {
  const rows: FaultWindow[][] = [];
  for (const fault of faults.toSorted((left, right) => left.fromAtMs - right.fromAtMs)) {
    const free = rows.find((row) => (row.at(-1)?.toAtMs ?? 0) <= fault.fromAtMs);
    if (free === undefined) rows.push([fault]);
    else free.push(fault);
  }
  return rows;
}
