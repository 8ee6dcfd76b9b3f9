import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { CommonCheckDefinition } from './common.ts';
import { type CheckResult, failed, messageOf, passed } from './result.ts';
import type { UserCheckContext } from './user-check.ts';

export interface ModuleCheckDefinition extends CommonCheckDefinition {
  readonly type: 'module';
  /** Absolute, of a JavaScript module that exports a `UserCheck`. */
  readonly path: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Versions {
  readonly count: number;
  /** The latest that was loaded. */
  readonly url: string;
}

/** Node keeps every version of a module for good: a file that never rests must not fill the memory. */
const maxVersions = 1_000;

/** By path; as much this process's as Node's own list of modules, which it bounds. */
const loaded = new Map<string, Versions>();

/** Runs a check that the user wrote. */
export async function checkModule(
  definition: ModuleCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  const check = exportedCheck(await loadModule(definition));
  const { host, port, options } = definition;
  const context: UserCheckContext = { host, port, options, signal };
  const result: unknown = await check(context);
  return judge(result);
}

/** Loads it as it is now; as it was at some time, once it changed too often. */
export async function loadModule({ path }: Pick<ModuleCheckDefinition, 'path'>): Promise<unknown> {
  const before = loaded.get(path);
  const current = `${pathToFileURL(path).href}?version=${await currentVersion(path)}`;
  const count = before?.url === current ? before.count : (before?.count ?? 0) + 1;
  const url = before !== undefined && count > maxVersions ? before.url : current;
  loaded.set(path, { count: Math.min(count, maxVersions), url });
  try {
    return await import(url);
  } catch (error) {
    throw new Error(`${path} cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
}

async function currentVersion(path: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(path);
    return `${mtimeMs}-${size}`;
  } catch (error) {
    throw new Error(`path cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function exportedCheck(module: unknown): (context: UserCheckContext) => unknown {
  for (const name of ['default', 'check']) {
    const value = property(module, name);
    if (typeof value === 'function') return (context) => Reflect.apply(value, undefined, [context]);
  }
  throw new Error('the module exports no function, neither as its default nor as "check"');
}

function judge(result: unknown): CheckResult {
  const verdict = typeof result === 'boolean' ? result : property(result, 'passed');
  if (verdict === true) return passed;
  if (verdict !== false) return failed('the module gave neither a boolean nor { passed, reason }');
  const reason = property(result, 'reason');
  return failed(typeof reason === 'string' ? reason : 'the module says so');
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
