/** Plain data, some of it said anew: maps are merged, `null` takes an entry away. Pure. */

import { isMap } from '../../agent/lib/is-map.ts';

type Entries = Readonly<Record<string, unknown>>;

/** Whatever is no map, a list too, stands in the place of what was there. */
export function merge(base: unknown, changes: unknown): unknown {
  if (!isMap(changes)) return changes;
  const before: Entries = isMap(base) ? base : {};
  const names = new Set([...Object.keys(before), ...Object.keys(changes)]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      if (!Object.hasOwn(changes, name)) return [[name, before[name]]];
      const change = changes[name];
      if (change === null) return [];
      return [[name, merge(Object.hasOwn(before, name) ? before[name] : undefined, change)]];
    }),
  );
}
