import type { z } from 'zod';
import { describeIssue } from './describe-issue.ts';
import { visibleText } from './visible-json.ts';

/** One mistake in a configuration. `message` says what is wrong; and what would be right. */
export interface Problem {
  /** Such as `services.web.checks[0].timeout`; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

export type ParsedConfig<T> =
  | { readonly ok: true; readonly config: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Validates `value` whole: all problems at once, each with its path. An option that the schema's
 * strict objects do not know is a problem of its own, with the nearest known name.
 */
export function parseConfig<S extends z.ZodType>(
  schema: S,
  value: unknown,
): ParsedConfig<z.output<S>> {
  const result = schema.safeParse(value, { reportInput: true, error: describeIssue });
  const unseen = unseenNames(value, []);
  if (result.success && unseen.length === 0) return { ok: true, config: result.data };
  return { ok: false, problems: [...unseen, ...(result.error?.issues.flatMap(problemsOf) ?? [])] };
}

const none: readonly Problem[] = [];

/** What has such a name would be left out without a word: zod passes over it. */
function unseenNames(value: unknown, path: readonly PropertyKey[]): readonly Problem[] {
  if (typeof value !== 'object' || value === null) return none;
  return Object.entries(value).flatMap(([key, item]): readonly Problem[] => {
    const isUnseen = key === '__proto__';
    // Most of a large configuration: no path is made for it.
    if (!isUnseen && typeof item !== 'object') return none;
    const own = [...path, Array.isArray(value) ? Number(key) : key];
    if (!isUnseen) return unseenNames(item, own);
    return [{ path: formatPath(own), message: 'is a name that nothing may have; choose another' }];
  });
}

function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const messages = issue.message.split('\n');
      return issue.keys.map((key, index) => ({
        path: formatPath([...issue.path, key]),
        message: messages[index] ?? issue.message,
      }));
    }
    case 'invalid_key':
      return [{ path: formatPath(issue.path), message: issue.issues[0]?.message ?? issue.message }];
    default:
      return [{ path: formatPath(issue.path), message: issue.message }];
  }
}

/** `<file>: <path>: <what is wrong>; <what would be right>`, one line. */
export function formatProblem(source: string, { path, message }: Problem): string {
  return path === '' ? `${source}: ${message}` : `${source}: ${path}: ${message}`;
}

/** `['services', 'web', 'checks', 0]` → `services.web.checks[0]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${printable(String(part))}`))
    .join('')
    .replace(/^\./, '');
}

const maxNameLength = 100;

/** A name in the document may be anything: no control character of it may reach a terminal. */
function printable(name: string): string {
  const text = visibleText(name);
  return text.length > maxNameLength ? `${text.slice(0, maxNameLength)}…` : text;
}
