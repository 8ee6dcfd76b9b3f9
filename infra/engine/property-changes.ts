import type { PropertyChange } from './events.ts';
import type { Step } from './plan.ts';
import { eachSecret, hasUnknown, isMap, reveal, type Value } from './values.ts';

/** The inputs that a step changes, for people to read. A new resource shows what it will hold. */
export function propertyChanges(step: Step): readonly PropertyChange[] {
  switch (step.kind) {
    case 'same':
      return [];
    case 'create':
      return ['stdin', 'source', 'create']
        .filter((key) => step.goal.inputs[key] !== undefined)
        .slice(0, 1)
        .map((key) => change(key, undefined, step.goal.inputs[key]));
    case 'update':
    case 'replace':
      return step.keys.map((key) => change(key, step.before.inputs[key], step.goal.inputs[key]));
  }
}

function change(key: string, before: Value | undefined, after: Value | undefined): PropertyChange {
  const secret = [before, after].some((value) => value !== undefined && holdsSecret(value));
  return {
    key,
    before: secret ? undefined : textOf(before),
    after: secret ? undefined : textOf(after),
    secret,
    unknown: after !== undefined && hasUnknown(after),
  };
}

function holdsSecret(value: Value): boolean {
  let found = false;
  eachSecret(value, () => {
    found = true;
  });
  return found;
}

function textOf(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  const open = reveal(value);
  if (isMap(open) && typeof open.text === 'string') return open.text;
  if (isMap(open) && typeof open.path === 'string') return open.path;
  return JSON.stringify(open);
}
