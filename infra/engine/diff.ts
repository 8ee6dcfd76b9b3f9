import type { Goal, ResourceOptions } from './goal.ts';
import { isMap, reveal, sameValue, transform, type Value, type ValueMap } from './values.ts';

export type Change =
  | { readonly kind: 'none' }
  | { readonly kind: 'update'; readonly keys: readonly string[] }
  | { readonly kind: 'replace'; readonly keys: readonly string[] };

/**
 * Compares what was applied with what is wanted. As in the command provider, any changed input
 * is an update, unless an option or `triggers` makes it a replacement.
 */
export function diffInputs(before: ValueMap, goal: Pick<Goal, 'inputs' | 'options'>): Change {
  const wanted = goal.inputs;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(wanted)])]
    .filter((key) => !sameRevealed(before[key], wanted[key]))
    .sort();
  if (keys.length === 0) return { kind: 'none' };
  const replaces = replacing(goal.options).some(
    (path) => !sameRevealed(valueAt(before, path), valueAt(wanted, path)),
  );
  return { kind: replaces ? 'replace' : 'update', keys };
}

/** The wanted inputs, with those that `ignoreChanges` names as they were. */
export function withIgnored(before: ValueMap, goal: Goal): ValueMap {
  return goal.options.ignoreChanges.reduce((inputs, path) => {
    const [key] = segmentsOf(path);
    return key === undefined ? inputs : withPath(inputs, segmentsOf(path), valueAt(before, path));
  }, goal.inputs);
}

function replacing(options: ResourceOptions): readonly string[] {
  return ['triggers', ...options.replaceOnChanges];
}

// Whether a value is secret is no difference: nothing on a host changes by it.
function sameRevealed(left: Value | undefined, right: Value | undefined): boolean {
  return sameValue(comparable(left), comparable(right));
}

// Of an asset only its content counts, not the path it came from.
function comparable(value: Value | undefined): Value {
  return transform(reveal(value ?? null), (part) =>
    isMap(part) && typeof part.hash === 'string' ? part.hash : undefined,
  );
}

/** The value at `a.b[0]`; a `[*]` stands for the whole of what is above it. */
function valueAt(map: ValueMap, path: string): Value | undefined {
  return segmentsOf(path).reduce<Value | undefined>((value, key) => {
    const open = value === undefined ? undefined : reveal(value);
    if (Array.isArray(open)) return open[Number(key)];
    return isMap(open) ? open[key] : undefined;
  }, map);
}

function segmentsOf(path: string): readonly string[] {
  const upToWildcard = path.split('[*]', 1)[0] ?? '';
  return upToWildcard.split(/[.[\]"]+/).filter((segment) => segment !== '');
}

function withPath(map: ValueMap, path: readonly string[], value: Value | undefined): ValueMap {
  const [key = '', ...rest] = path;
  const { [key]: current, ...others } = map;
  const inner = current === undefined ? undefined : reveal(current);
  const next = rest.length > 0 && isMap(inner) ? withPath(inner, rest, value) : value;
  return next === undefined ? others : { ...others, [key]: next };
}
