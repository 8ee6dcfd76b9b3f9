/** synapse's configuration from disk: the file itself, and one file per service beside it. */
import type { LoadedConfig } from '../lib/daemon-program.ts';
import { serviceFilesIn } from './config-folder.ts';
import { formatProblem, type Problem } from './parse.ts';
import { readDocument } from './read-document.ts';
import { parseSynapseConfig, type SynapseConfig } from './synapse.ts';

/**
 * All problems of all files at once. `service_conf_dir` is relative to the working directory, as
 * in the original; a service in it takes precedence over one of the same name in the file.
 */
export async function loadSynapseConfig(path: string): Promise<LoadedConfig<SynapseConfig>> {
  const main = await readDocument(path);
  if (!main.ok) return { ok: false, problems: [main.problem] };
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

type ReadServices =
  | { readonly ok: true; readonly value: ReadonlyMap<string, ServiceFile> }
  | { readonly ok: false; readonly problems: readonly string[] };

interface ServiceFile {
  readonly file: string;
  readonly value: unknown;
}

async function readServices(folder: string | undefined): Promise<ReadServices> {
  if (folder === undefined) return { ok: true, value: new Map() };
  const files = await serviceFilesIn(folder);
  if (files === undefined) {
    return {
      ok: false,
      problems: [`${folder}: cannot be read; service_conf_dir must be a folder`],
    };
  }
  const services = new Map<string, ServiceFile>();
  const problems: string[] = [];
  for (const { name, path } of files) {
    const read = await readDocument(path);
    if (read.ok) services.set(name, { file: path, value: read.value });
    else problems.push(read.problem);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: services };
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
  // Names have dots in them, too: the longest that fits is the service's.
  const [name, service] =
    [...services]
      .filter(([one]) => `${problem.path}.`.startsWith(`services.${one}.`))
      .sort(([a], [b]) => b.length - a.length)
      .at(0) ?? [];
  if (name === undefined || service === undefined) return formatProblem(main, problem);
  const path = problem.path.slice(`services.${name}.`.length);
  return formatProblem(service.file, { ...problem, path });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
