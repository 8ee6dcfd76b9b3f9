/** Outlines of columns for SVG: x in columns, y from 0 (top) to `height`. */

/** How high a column is at least where it is not empty: one failure among many must show. */
const least = 6;
export const height = 100;

export interface Column {
  /** Measured from the bottom, in parts of `height`. */
  readonly from: number;
  readonly to: number;
}

/** Answered below, failed on top; together what was sent. */
export function stack(
  ok: readonly number[],
  failed: readonly number[],
  most: number,
): { readonly ok: readonly Column[]; readonly failed: readonly Column[] } {
  const share = (value: number): number => (value / most) * height;
  const tops = failed.map((bad, at) =>
    bad === 0 ? share(ok[at] ?? 0) : Math.max(share((ok[at] ?? 0) + bad), least),
  );
  const middles = failed.map((bad, at) => {
    const top = tops[at] ?? 0;
    return bad === 0 ? top : Math.max(0, Math.min(share(ok[at] ?? 0), top - least));
  });
  return {
    ok: middles.map((to) => ({ from: 0, to })),
    failed: middles.map((from, at) => ({ from, to: tops[at] ?? from })),
  };
}

/** One path for all columns that are not empty; neighbours of the same height become one piece. */
export function outline(columns: readonly Column[]): string {
  const pieces: string[] = [];
  for (let start = 0; start < columns.length; ) {
    const { from, to } = columns[start] ?? { from: 0, to: 0 };
    let end = start + 1;
    while (end < columns.length && columns[end]?.from === from && columns[end]?.to === to) end += 1;
    const [top, bottom] = [round(height - to), round(height - from)];
    if (bottom > top) pieces.push(`M${start} ${bottom}V${top}H${end}V${bottom}Z`);
    start = end;
  }
  return pieces.join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
