/** synapse's configuration from disk: the file itself, and one file per service beside it. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LoadedConfig } from '../lib/daemon-program.ts';
import { formatProblems, type Problem } from './parse.ts';
import { parseSynapseConfig, type SynapseConfig } from './synapse.ts';

/**
 * All problems of all files at once. `service_conf_dir` is relative to the working directory, as
 * in the original; a service in it takes precedence over one of the same name in the file.
 */
export async function loadSynapseConfig(path: string): Promise<LoadedConfig<SynapseConfig>> {
  const main = await readJson(path);
  if (!main.ok) return main;
  const folder = isObject(main.value) ? main.value.service_conf_dir : undefined;
  const services = await readServices(typeof folder === 'string' ? folder : undefined);
  if (!services.ok) return services;
  const parsed = parseSynapseConfig(merge(main.value, services.value));
  if (parsed.ok) return parsed;
  return {
    ok: false,
    problems: parsed.problems.map((one) => attribute(one, path, services.value)),
  };
}

type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

interface ServiceFile {
  readonly file: string;
  readonly value: unknown;
}

async function readServices(
  folder: string | undefined,
): Promise<Read<ReadonlyMap<string, ServiceFile>>> {
  if (folder === undefined) return { ok: true, value: new Map() };
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) {
    return {
      ok: false,
      problems: [`${folder}: cannot be read; service_conf_dir must be a folder`],
    };
  }
  const services = new Map<string, ServiceFile>();
  const problems: string[] = [];
  for (const name of names.filter((one) => /\.(?:json|ya?ml)$/.test(one)).sort()) {
    const file = join(folder, name);
    const read = await readJson(file);
    if (read.ok) services.set(basename(name, '.json'), { file, value: read.value });
    else problems.push(...read.problems);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: services };
}

async function readJson(path: string): Promise<Read<unknown>> {
  if (/\.ya?ml$/.test(path)) {
    return { ok: false, problems: [`${path}: YAML is not supported; must be JSON`] };
  }
  const text = await readFile(path, 'utf8').catch((error: unknown) => error);
  if (typeof text !== 'string') {
    const reason = text instanceof Error ? text.message : String(text);
    return { ok: false, problems: [`${path}: cannot be read: ${reason}`] };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [`${path}: is not JSON: ${reason}`] };
  }
}

function merge(main: unknown, services: ReadonlyMap<string, ServiceFile>): unknown {
  if (!isObject(main) || services.size === 0) return main;
  const own = isObject(main.services) ? main.services : {};
  const more = Object.fromEntries([...services].map(([name, { value }]) => [name, value]));
  return { ...main, services: { ...own, ...more } };
}

/** A problem of a service's own file names that file. */
function attribute(
  problem: Problem,
  main: string,
  services: ReadonlyMap<string, ServiceFile>,
): string {
  for (const [name, { file }] of services) {
    const prefix = `services.${name}`;
    if (problem.path !== prefix && !problem.path.startsWith(`${prefix}.`)) continue;
    const path = problem.path.slice(prefix.length + 1);
    return formatProblems(file, [{ ...problem, path }]);
  }
  return formatProblems(main, [problem]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
