export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Exactly these ports, neighbours joined: a security group takes few rules. */
export function portRanges(ports: Iterable<number>): readonly PortRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && range.last === port - 1) range.last = port;
    else ranges.push({ first: port, last: port });
  }
  return ranges;
}
