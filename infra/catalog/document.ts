/** A catalog, or a part of one, as YAML or JSON. Its JSON Schema is `infra/catalog.schema.json`. */
import { fileURLToPath } from 'node:url';
import { readDocument } from '../../agent/config/read-document.ts';
import { InvalidEnvironmentError } from './invalid-environment.ts';

/** By its ending. */
export function isDocument(path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path);
}

/**
 * For `infra/catalog.ts`: `readCatalog(new URL('catalog.yaml', import.meta.url))` is the catalog, or
 * a part of it. What it holds is checked with the rest.
 *
 * @param shownAs What messages call the file.
 * @throws InvalidEnvironmentError for a file that cannot be read or is not well-formed.
 */
export async function readCatalog(location: URL | string, shownAs?: string): Promise<unknown> {
  const path = location instanceof URL ? fileURLToPath(location) : location;
  const read = await readDocument(path);
  if (read.ok) return read.value;
  const message = read.problem.slice(`${path}: `.length);
  throw new InvalidEnvironmentError(shownAs ?? path, [{ path: '', message }]);
}
