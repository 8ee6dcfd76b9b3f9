/** The catalog as a file on this machine: found, imported, checked. */
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDocument, readCatalog } from './catalog/document.ts';
import { InvalidEnvironmentError } from './catalog/invalid-environment.ts';
import type { DeployedHosts } from './catalog/rule.ts';
import { type CheckedCatalog, type CheckOptions, checkCatalog } from './check-catalog.ts';

/** Relative to the repository. */
export function catalogFile(): string {
  return process.env.SMARTSTACK_CATALOG ?? 'infra/catalog.ts';
}

export type LoadOptions = Pick<CheckOptions, 'everyHostHasZone' | 'environment'>;

/**
 * @param root The repository.
 * @param file Relative to the root: a module that exports `catalog`, or YAML or JSON.
 * @throws InvalidEnvironmentError with everything that is wrong.
 */
export async function loadCatalog(
  root: string,
  file: string,
  deployed: DeployedHosts,
  options: LoadOptions = {},
): Promise<CheckedCatalog> {
  const path = isAbsolute(file) ? file : join(root, file);
  const shownAs = relative(root, path);
  const written = await readInput(path, shownAs);
  return checkCatalog(written, { ...options, folder: root, shownAs, deployed });
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
