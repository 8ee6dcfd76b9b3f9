/** synapse's configuration from disk: the file itself, and one file per service beside it. */

import { isMap } from '../lib/is-map.ts';
import { serviceFilesIn } from './config-folder.ts';
import { readIdentities } from './identities.ts';
import { formatProblem, type Problem } from './parse.ts';
import { readDocument } from './read-document.ts';
import { parseSynapseConfig, type SynapseConfig } from './synapse.ts';

export type LoadedSynapse =
  /** The main file is bad, or its folder cannot be read: nothing of it may be used. */
  | { readonly ok: false; readonly problems: readonly string[] }
  | {
      readonly ok: true;
      readonly config: SynapseConfig;
      /** `user:password` each: as whom it comes to ZooKeeper. */
      readonly identities: readonly string[];
      /** By the service's name: files that may not be used, the others may. */
      readonly rejected: ReadonlyMap<string, readonly string[]>;
      /** The files that may be used, by the service's name. */
      readonly files: ReadonlyMap<string, string>;
    };

/**
 * Every file is validated whole. `service_conf_dir` is relative to the working directory, and a
 * service in it wins over one of the same name in the main file, as in the original. Where two
 * services want the same, that of the later file is refused.
 */
export async function loadSynapseConfig(path: string): Promise<LoadedSynapse> {
  const main = await readDocument(path);
  if (!main.ok) return { ok: false, problems: [main.problem] };
  const folder = isMap(main.value) ? main.value.service_conf_dir : undefined;
  const read = await readServices(typeof folder === 'string' ? folder : undefined);
  if (read === undefined) {
    const problem = `${folder}: cannot be read; service_conf_dir must be a folder`;
    return { ok: false, problems: [problem] };
  }
  const parsed = parseBut(path, main.value, read.services, read.rejected);
  if (!parsed.ok) return parsed;
  const who = await readIdentities(path, parsed.config);
  if (!who.ok) return { ok: false, problems: [who.problem] };
  return { ...parsed, identities: who.identities };
}

type Parsed = Omit<Extract<LoadedSynapse, { ok: true }>, 'identities'>;

/** Leaves out one bad file after the other, until the rest is good or the main file is to blame. */
function parseBut(
  path: string,
  main: unknown,
  services: ReadonlyMap<string, ServiceFile>,
  rejected: ReadonlyMap<string, readonly string[]>,
): Extract<LoadedSynapse, { ok: false }> | Parsed {
  const parsed = parseSynapseConfig(merge(main, services, rejected));
  if (parsed.ok) {
    const files = new Map([...services].map(([name, { file }]) => [name, file]));
    return { ...parsed, rejected, files };
  }
  const byService = Map.groupBy(parsed.problems, (problem) => serviceOf(problem, services));
  const texts = (problems: readonly Problem[], name: string | undefined): readonly string[] =>
    problems.map((one) => attribute(one, path, name, services));
  if (byService.has(undefined)) {
    const all = [...byService].flatMap(([name, problems]) => texts(problems, name));
    return { ok: false, problems: [...[...rejected.values()].flat(), ...all] };
  }
  const bad = [...byService].flatMap(([name, problems]) =>
    name === undefined ? [] : [[name, texts(problems, name)] as const],
  );
  const left = new Map([...services].filter(([name]) => !byService.has(name)));
  return parseBut(path, main, left, new Map([...rejected, ...bad]));
}

interface ReadServices {
  readonly services: ReadonlyMap<string, ServiceFile>;
  readonly rejected: ReadonlyMap<string, readonly string[]>;
}

interface ServiceFile {
  readonly file: string;
  readonly value: unknown;
}

/** `undefined`: there is no such folder. */
async function readServices(folder: string | undefined): Promise<ReadServices | undefined> {
  const files = folder === undefined ? [] : await serviceFilesIn(folder);
  if (files === undefined) return undefined;
  const services = new Map<string, ServiceFile>();
  const rejected = new Map<string, readonly string[]>();
  for (const { name, path } of files) {
    services.delete(name);
    rejected.delete(name);
    const read = await readDocument(path);
    if (read.ok) services.set(name, { file: path, value: read.value });
    else rejected.set(name, [read.problem]);
  }
  return { services, rejected };
}

/** A service whose own file is bad is not the main file's one of that name instead. */
function merge(
  main: unknown,
  services: ReadonlyMap<string, ServiceFile>,
  rejected: ReadonlyMap<string, unknown>,
): unknown {
  if (!isMap(main) || services.size + rejected.size === 0) return main;
  const own = isMap(main.services) ? Object.entries(main.services) : [];
  const kept = own.filter(([name]) => !rejected.has(name));
  const more = [...services].map(([name, { value }]) => [name, value] as const);
  return { ...main, services: Object.fromEntries([...kept, ...more]) };
}

/** Whose own file a problem is in; names have dots in them, too: the longest that fits. */
function serviceOf(
  { path }: Problem,
  services: ReadonlyMap<string, ServiceFile>,
): string | undefined {
  return [...services.keys()]
    .filter((name) => `${path}.`.startsWith(`services.${name}.`))
    .sort((a, b) => b.length - a.length)
    .at(0);
}

/** A problem of a service's own file names that file. */
function attribute(
  problem: Problem,
  main: string,
  name: string | undefined,
  services: ReadonlyMap<string, ServiceFile>,
): string {
  const service = name === undefined ? undefined : services.get(name);
  if (name === undefined || service === undefined) return formatProblem(main, problem);
  const path = problem.path.slice(`services.${name}.`.length);
  return formatProblem(service.file, { ...problem, path });
}
