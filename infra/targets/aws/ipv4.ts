/** Ranges of IPv4 addresses, as numbers. */

export interface Range {
  /** The first address. */
  readonly first: number;
  /** Bits that all of its addresses share, 0 to 32. */
  readonly prefix: number;
}

/** `undefined` for anything but `a.b.c.d/n` whose remaining bits are zero. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [, ...parts] = match;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = parts.map(Number);
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  // One way to write each number, and each range: AWS takes no other.
  if (parts.some((part, index) => part !== String([a, b, c, d, prefix][index]))) return undefined;
  return first % sizeOf({ first, prefix }) === 0 ? { first, prefix } : undefined;
}

export function formatRange({ first, prefix }: Range): string {
  return `${formatAddress(first)}/${prefix}`;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function sizeOf({ prefix }: Range): number {
  return 2 ** (32 - prefix);
}

export function contains(outer: Range, inner: Range): boolean {
  return (
    outer.prefix <= inner.prefix &&
    inner.first >= outer.first &&
    inner.first < outer.first + sizeOf(outer)
  );
}

/** The part with this number among the parts of `range` that have `prefix`. */
export function partOf(range: Range, prefix: number, index: number): Range {
  return { first: range.first + index * sizeOf({ first: 0, prefix }), prefix };
}
