/** A catalog as it is written, held against the folder whose files it names. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatProblem, type Problem } from '../agent/config/parse.ts';
import { chooseEnvironment } from './catalog/choose-environment.ts';
import { InvalidEnvironmentError } from './catalog/invalid-environment.ts';
import type { Surroundings } from './catalog/rule.ts';
import type { Catalog } from './catalog/schema.ts';
import { validateCatalog } from './catalog/validate.ts';

export interface CheckedCatalog {
  readonly catalog: Catalog;
  /** What is allowed but unwise, one line each. */
  readonly warnings: readonly string[];
}

export interface CheckOptions extends Partial<Pick<Surroundings, 'deployed' | 'everyHostHasZone'>> {
  /** What the names of its files are relative to. */
  readonly folder: string;
  /** What messages call it. */
  readonly shownAs?: string;
  /** Of a catalog for several environments, the one that is meant. */
  readonly environment?: string | undefined;
}

/** @throws InvalidEnvironmentError with everything that is wrong. */
export function checkCatalog(
  written: unknown,
  {
    folder,
    shownAs = 'catalog',
    environment,
    deployed = {},
    everyHostHasZone = false,
  }: CheckOptions,
): CheckedCatalog {
  const chosen = chooseEnvironment(written, environment);
  if (!chosen.ok) throw new InvalidEnvironmentError(shownAs, chosen.problems);
  const source = chosen.environment === undefined ? shownAs : `${shownAs} (${chosen.environment})`;
  const fileExists = (name: string): boolean =>
    statSync(resolve(folder, name), { throwIfNoEntry: false })?.isFile() ?? false;
  const validated = validateCatalog(chosen.catalog, { deployed, fileExists, everyHostHasZone });
  if (!validated.ok) throw new InvalidEnvironmentError(source, validated.problems);
  const { catalog } = validated;
  const binaries = binaryFiles(folder, catalog);
  if (binaries.length > 0) throw new InvalidEnvironmentError(source, binaries);
  return { catalog, warnings: validated.warnings.map((warning) => formatProblem(source, warning)) };
}

/** Files reach a host as text: any other bytes would be replaced on the way, silently. */
function binaryFiles(folder: string, { services }: Catalog): readonly Problem[] {
  return Object.entries(services).flatMap(([name, { run }]) =>
    Object.entries(run?.files ?? {})
      .filter(([, source]) => !isUtf8(readFileSync(resolve(folder, source))))
      .map(([file, source]) => ({
        path: `services.${name}.run.files.${file}`,
        message: `"${source}" is no UTF-8 text; bring a binary to the host as a package`,
      })),
  );
}
