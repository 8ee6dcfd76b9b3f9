/** The catalog as a file on this machine: found, imported, validated. */
import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatProblem, type Problem } from '../agent/config/parse.ts';
import { InvalidEnvironmentError } from './catalog/invalid-environment.ts';
import type { DeployedHosts, Surroundings } from './catalog/rule.ts';
import type { Catalog } from './catalog/schema.ts';
import { validateCatalog } from './catalog/validate.ts';

export interface LoadedCatalog {
  readonly catalog: Catalog;
  /** What is allowed but unwise, one line each. */
  readonly warnings: readonly string[];
}

/**
 * @param root The repository.
 * @param file The module that exports `catalog`, relative to the root.
 * @throws InvalidEnvironmentError with everything that is wrong.
 */
export async function loadCatalog(
  root: string,
  file: string,
  deployed: DeployedHosts,
  { everyHostHasZone = false }: Pick<Surroundings, 'everyHostHasZone'> = {},
): Promise<LoadedCatalog> {
  const path = isAbsolute(file) ? file : join(root, file);
  const source = relative(root, path);
  const fail = (...problems: readonly Problem[]): never => {
    throw new InvalidEnvironmentError(source, problems);
  };
  if (!existsSync(path)) fail({ path: '', message: 'there is no such file' });
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(path).href);
  if (!('catalog' in module)) fail({ path: '', message: 'exports no "catalog"; add that export' });
  const fileExists = (name: string): boolean => existsSync(join(root, name));
  const validated = validateCatalog(module.catalog, { deployed, fileExists, everyHostHasZone });
  if (!validated.ok) return fail(...validated.problems);
  const binaries = binaryFiles(root, validated.catalog);
  if (binaries.length > 0) return fail(...binaries);
  const warnings = validated.warnings.map((warning) => formatProblem(source, warning));
  return { catalog: validated.catalog, warnings };
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
