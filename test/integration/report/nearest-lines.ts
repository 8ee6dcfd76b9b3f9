import type { LogExcerpt, PlayedDrill } from '../harness/outcome.ts';

type Lines = LogExcerpt['lines'];

/** When things went wrong: requests failed, or else something was broken and healed. */
export function momentsOf({ traffic, faults }: PlayedDrill): readonly number[] {
  if (traffic.failures.length > 0) return traffic.failures.map(({ atMs }) => atMs);
  return faults.flatMap(({ fromAtMs, toAtMs }) => [fromAtMs, toAtMs]);
}

/** Of too many lines those nearest to what went wrong, still in their order. */
export function nearestLines(lines: Lines, moments: readonly number[], most: number): Lines {
  if (lines.length <= most) return lines;
  if (moments.length === 0) return lines.slice(-most);
  const away = (atMs: number): number =>
    Math.min(...moments.map((moment) => Math.abs(moment - atMs)));
  return lines
    .map((line, index) => ({ line, index, awayMs: away(line.atMs) }))
    .toSorted((left, right) => left.awayMs - right.awayMs || left.index - right.index)
    .slice(0, most)
    .toSorted((left, right) => left.index - right.index)
    .map(({ line }) => line);
}
