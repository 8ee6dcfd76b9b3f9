/** Which services something is about: those that are named, or all. */
export type Scope = 'all' | ReadonlySet<string>;

export const nothing: Scope = new Set<string>();

export function union(a: Scope, b: Scope): Scope {
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}

/** Whether all of `part` is in `whole`. */
export function covers(whole: Scope, part: Scope): boolean {
  if (whole === 'all') return true;
  return part !== 'all' && [...part].every((service) => whole.has(service));
}
