/** nerve's configuration from disk: the main file, and one file per service in a folder. */
import { type ServiceFilePath, serviceFilesIn } from './config-folder.ts';
import { readIdentities } from './identities.ts';
import {
  type NerveConfig,
  type NerveServiceConfig,
  parseNerveConfig,
  parseNerveServiceConfig,
} from './nerve.ts';
import { formatProblem } from './parse.ts';
import { readDocument } from './read-document.ts';

export type LoadedNerve =
  /** The main file is bad, or its folder cannot be read: nothing of it may be used. */
  | { readonly ok: false; readonly problems: readonly string[] }
  | {
      readonly ok: true;
      readonly config: NerveConfig;
      /** `user:password` each: as whom it comes to ZooKeeper. */
      readonly identities: readonly string[];
      /** By the service's name: files that may not be used, the others may. */
      readonly rejected: ReadonlyMap<string, readonly string[]>;
    };

export interface LoadNerveOptions {
  readonly path: string;
  /** From the command line. */
  readonly instanceId: string | undefined;
}

type ServiceFile =
  | { readonly ok: true; readonly name: string; readonly service: NerveServiceConfig }
  | { readonly ok: false; readonly name: string; readonly problems: readonly string[] };

/**
 * Every file is validated whole. `service_conf_dir` is relative to the working directory, and a
 * service in it wins over one of the same name in the main file, as in the original.
 */
export async function loadNerveConfig({
  path,
  instanceId,
}: LoadNerveOptions): Promise<LoadedNerve> {
  const read = await readDocument(path);
  if (!read.ok) return { ok: false, problems: [read.problem] };
  const parsed = parseNerveConfig(withInstanceId(read.value, instanceId));
  if (!parsed.ok) {
    return { ok: false, problems: parsed.problems.map((problem) => formatProblem(path, problem)) };
  }
  const who = await readIdentities(path, parsed.config);
  if (!who.ok) return { ok: false, problems: [who.problem] };
  const files = await readFolder(parsed.config.service_conf_dir);
  if (files === undefined) {
    const folder = parsed.config.service_conf_dir;
    const problem = `service_conf_dir: ${folder} cannot be read; must be a folder`;
    return { ok: false, problems: [`${path}: ${problem}`] };
  }
  return { ...merge(parsed.config, files), ok: true, identities: who.identities };
}

async function readFolder(folder: string | undefined): Promise<readonly ServiceFile[] | undefined> {
  if (folder === undefined) return [];
  const files = await serviceFilesIn(folder);
  return files && Promise.all(files.map(readServiceFile));
}

async function readServiceFile({ name, path }: ServiceFilePath): Promise<ServiceFile> {
  const read = await readDocument(path);
  if (!read.ok) return { ok: false, name, problems: [read.problem] };
  const parsed = parseNerveServiceConfig(read.value);
  if (parsed.ok) return { ok: true, name, service: parsed.config };
  return { ok: false, name, problems: parsed.problems.map((one) => formatProblem(path, one)) };
}

function merge(
  main: NerveConfig,
  files: readonly ServiceFile[],
): Pick<Extract<LoadedNerve, { ok: true }>, 'config' | 'rejected'> {
  const services = new Map(Object.entries(main.services));
  const rejected = new Map<string, readonly string[]>();
  for (const file of files) {
    if (file.ok) services.set(file.name, file.service);
    else {
      services.delete(file.name);
      rejected.set(file.name, file.problems);
    }
  }
  return { config: { ...main, services: Object.fromEntries(services) }, rejected };
}

function withInstanceId(value: unknown, instanceId: string | undefined): unknown {
  if (instanceId === undefined || typeof value !== 'object' || value === null) return value;
  return { ...value, instance_id: instanceId };
}
