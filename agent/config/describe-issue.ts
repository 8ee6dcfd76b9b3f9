import { z } from 'zod';
import { nearestName } from '../lib/nearest-name.ts';
import { visibleJson } from './visible-json.ts';

type RawIssue = z.core.$ZodRawIssue;

const maxShownLength = 40;
const secretPattern = /pass|secret|auth|token|key/i;

/**
 * zod's error hook: `is <what it is>; must be <what would be right>`. For unknown options one line
 * each, in the order of the issue's keys. A schema's own message, where it has one, wins over this.
 */
export function describeIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => describeUnknownOption(key, issue.inst)).join('\n');
    case 'invalid_union':
      return `${describeValue(issue)}; must be ${describeUnion(issue)}`;
    default:
      return `${describeValue(issue)}; must be ${describeWanted(issue)}`;
  }
}

/** For a schema's own `error`: `is <what it is>; must be <wanted>`. */
export function mustBe(wanted: string): (issue: RawIssue) => string {
  return (issue) => `${describeValue(issue)}; must be ${wanted}`;
}

function describeUnknownOption(key: string, schema: unknown): string {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape).sort() : [];
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return `unknown option ${quote(key)}; ${hint}`;
}

function describeUnion(issue: RawIssue & { readonly code: 'invalid_union' }): string {
  if (issue.discriminator !== undefined) {
    const options = Array.isArray(issue.options) ? issue.options.map(String) : [];
    const got = valueAt(issue.input, issue.discriminator);
    const nearest = nearestName(String(got), options);
    const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
    return `one of ${options.join(', ')}${hint}`;
  }
  const wanted = issue.errors.flat().map(({ message }) => message.split('; must be ').at(-1) ?? '');
  return [...new Set(wanted)].join(' or ');
}

function describeWanted(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : article(issue.expected);
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.pattern === undefined
        ? `a ${issue.format}`
        : `text that matches ${issue.pattern}`;
    default:
      return 'valid';
  }
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return `${relation} ${limit} characters long`;
  if (origin === 'array' || origin === 'set') return `a list of ${relation} ${limit}`;
  return `${relation} ${limit}`;
}

function describeValue({ input, ...issue }: RawIssue): string {
  const discriminator = issue.code === 'invalid_union' ? issue.discriminator : undefined;
  const value = discriminator === undefined ? input : valueAt(input, discriminator);
  if (value === undefined) return 'is missing';
  if (value === null) return 'is null';
  if (Array.isArray(value)) return `is a list of ${value.length}`;
  if (typeof value === 'object') return 'is an object';
  if (secretPattern.test(String(issue.path?.at(-1)))) return `is a ${typeof value}`;
  return `is ${quote(value)}`;
}

/** JSON, shortened, so that no control character of a config file reaches the terminal. */
function quote(value: unknown): string {
  const text = visibleJson(value) ?? typeof value;
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
}

function article(type: string): string {
  if (type === 'array') return 'a list';
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function valueAt(input: unknown, key: string): unknown {
  return typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
}
