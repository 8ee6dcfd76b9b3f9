/** The catalog as a file on this machine: found, imported, validated. */
import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatProblem, type Problem } from '../agent/config/parse.ts';
import { chooseEnvironment } from './catalog/choose-environment.ts';
import { isDocument, readCatalog } from './catalog/document.ts';
import { InvalidEnvironmentError } from './catalog/invalid-environment.ts';
import type { DeployedHosts, Surroundings } from './catalog/rule.ts';
import type { Catalog } from './catalog/schema.ts';
import { validateCatalog } from './catalog/validate.ts';

export interface LoadedCatalog {
  readonly catalog: Catalog;
  /** What is allowed but unwise, one line each. */
  readonly warnings: readonly string[];
}

/** Relative to the repository. */
export function catalogFile(): string {
  return process.env.SMARTSTACK_CATALOG ?? 'infra/catalog.ts';
}

export interface LoadOptions extends Pick<Surroundings, 'everyHostHasZone'> {
  /** Of a catalog for several environments, the one that is meant. */
  readonly environment?: string | undefined;
}

/**
 * @param root The repository.
 * @param file Relative to the root: a module that exports `catalog`, or YAML or JSON.
 * @throws InvalidEnvironmentError with everything that is wrong.
 */
export async function loadCatalog(
  root: string,
  file: string,
  deployed: DeployedHosts,
  { everyHostHasZone = false, environment }: LoadOptions = {},
): Promise<LoadedCatalog> {
  const path = isAbsolute(file) ? file : join(root, file);
  const name = relative(root, path);
  const input = chooseEnvironment(await readInput(path, name), environment);
  if (!input.ok) throw new InvalidEnvironmentError(name, input.problems);
  const source = input.environment === undefined ? name : `${name} (${input.environment})`;
  const fail = (problems: readonly Problem[]): never => {
    throw new InvalidEnvironmentError(source, problems);
  };
  const fileExists = (name: string): boolean => existsSync(join(root, name));
  const validated = validateCatalog(input.catalog, { deployed, fileExists, everyHostHasZone });
  if (!validated.ok) return fail(validated.problems);
  const binaries = binaryFiles(root, validated.catalog);
  if (binaries.length > 0) return fail(binaries);
  const warnings = validated.warnings.map((warning) => formatProblem(source, warning));
  return { catalog: validated.catalog, warnings };
}

async function readInput(path: string, name: string): Promise<unknown> {
  const refuse = (message: string): never => {
    throw new InvalidEnvironmentError(name, [{ path: '', message }]);
  };
  if (!existsSync(path)) refuse('there is no such file');
  if (isDocument(path)) return await readCatalog(path, name);
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(path).href);
  return 'catalog' in module ? module.catalog : refuse('exports no "catalog"; add that export');
}

/** Files reach a host as text: any other bytes would be replaced on the way, silently. */
function binaryFiles(root: string, { services }: Catalog): readonly Problem[] {
  return Object.entries(services).flatMap(([name, { run }]) =>
    Object.entries(run?.files ?? {})
      .filter(([, source]) => !isUtf8(readFileSync(join(root, source))))
      .map(([file, source]) => ({
        path: `services.${name}.run.files.${file}`,
        message: `"${source}" is no UTF-8 text; bring a binary to the host as a package`,
      })),
  );
}
