import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { stateFolder } from '../project.ts';
import { readIfThere, writeWhole } from './whole-file.ts';

const ledgerSchema = z.object({ packages: z.array(z.string()) });

/** The packages that this project brought to the machine: those, and no others, may go again. */
export interface Ledger {
  packages(): Promise<readonly string[]>;
  add(packages: readonly string[]): Promise<void>;
  remove(packages: readonly string[]): Promise<void>;
}

export function openLedger(path: string = join(stateFolder, 'prerequisites.json')): Ledger {
  const packages = async (): Promise<readonly string[]> => {
    const text = await readIfThere(path);
    return text === undefined ? [] : ledgerSchema.parse(JSON.parse(text)).packages;
  };
  const save = (names: readonly string[]): Promise<void> =>
    names.length === 0
      ? rm(path, { force: true })
      : writeWhole(path, `${JSON.stringify({ packages: [...names].sort() }, null, 2)}\n`);
  return {
    packages,
    add: async (names) => save([...new Set([...(await packages()), ...names])]),
    remove: async (names) => save((await packages()).filter((name) => !names.includes(name))),
  };
}
