/**
 * Property values as the SDK puts them on the wire: JSON, with marked objects for secrets and
 * assets and one distinguished string for "not known yet".
 * Source of the markers: sdk/nodejs/runtime/rpc.ts, sdk/go/common/resource/properties.go.
 */
export type Value = null | boolean | number | string | readonly Value[] | ValueMap;
export interface ValueMap {
  readonly [key: string]: Value;
}

export const unknownValue = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
export const signatureKey = '4dabf18193072939515e22adb298388d';
export const secretSignature = '1b47061264138c4ac30d75fd1eb44270';
export const assetSignature = 'c44067f5952c0a294b673a41bacd8c17';
export const archiveSignature = '0def7320c3a5731c473e5ecbe6d01bc7';

export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isSecret(value: Value | undefined): value is ValueMap {
  return isMap(value) && value[signatureKey] === secretSignature;
}

export function secret(value: Value): ValueMap {
  return { [signatureKey]: secretSignature, value };
}

/** The value with its secrets laid open, deeply. */
export function reveal(value: Value): Value {
  return transform(value, (part) => (isSecret(part) ? reveal(part.value ?? null) : undefined));
}

export function revealMap(map: ValueMap): ValueMap {
  const revealed = reveal(map);
  return isMap(revealed) ? revealed : {};
}

export function hasUnknown(value: Value): boolean {
  let found = false;
  transform(value, (part) => {
    found ||= part === unknownValue;
    return undefined;
  });
  return found;
}

/** Calls `visit` with everything that is marked secret, as the marker wraps it. */
export function eachSecret(value: Value, visit: (secretValue: Value) => void): void {
  transform(value, (part) => {
    if (!isSecret(part)) return undefined;
    visit(part.value ?? null);
    return null;
  });
}

/** A deep copy in which each part that `replace` answers for stands as it says. */
export function transform(value: Value, replace: (part: Value) => Value | undefined): Value {
  const replaced = replace(value);
  if (replaced !== undefined) return replaced;
  if (isList(value)) return value.map((item) => transform(item, replace));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, transform(item, replace)]),
  );
}

/** Equal as data, whatever the order of keys. */
export function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  return canonical(left ?? null) === canonical(right ?? null);
}

function canonical(value: Value): string {
  return JSON.stringify(value, (_key, part: Value) =>
    isMap(part) ? Object.fromEntries(Object.entries(part).sort(byKey)) : part,
  );
}

function byKey([left]: readonly [string, Value], [right]: readonly [string, Value]): number {
  return left < right ? -1 : 1;
}

/** Checks that something from outside is JSON; functions and the like never come over the wire. */
export function toValueMap(value: unknown): ValueMap {
  const parsed: unknown = JSON.parse(JSON.stringify(value ?? {}));
  if (!isPlainObject(parsed)) throw new TypeError('expected an object of properties');
  return parsed;
}

function isPlainObject(value: unknown): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
