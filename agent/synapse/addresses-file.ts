/**
 * The addresses of host names, beside the state file: a restart while no name service answers must
 * not empty what is served (law 2).
 */
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { loadJsonFile, saveJsonFile } from '../lib/json-file.ts';
import type { Logger } from '../lib/logger.ts';
import { isAddress } from '../registration.ts';

/** As strict as for what a name service says: the file may have been edited. */
const fileSchema = z.record(z.string(), z.string().refine(isAddress));

/** Empty at a first start. */
export async function loadAddresses(
  statePath: string,
  logger: Logger,
): Promise<ReadonlyMap<string, string>> {
  const parse = (content: unknown) => fileSchema.parse(content);
  const content = await loadJsonFile(addressesPath(statePath), parse, logger);
  return new Map(Object.entries(content ?? {}));
}

/** Rejects with the file system's error. */
export async function saveAddresses(
  statePath: string,
  addresses: ReadonlyMap<string, string>,
): Promise<void> {
  const path = addressesPath(statePath);
  if (addresses.size === 0) return await rm(path, { force: true });
  await saveJsonFile(path, Object.fromEntries([...addresses].sort()));
}

function addressesPath(statePath: string): string {
  return `${statePath}.addresses`;
}
