/**
 * Servers that synapse itself put into maintenance, in a file of their own: it is written before
 * each of them goes, and must not take as long as all that the state file holds.
 */
import { z } from 'zod';
import { createExclusive } from '../lib/exclusive.ts';
import { loadJsonFile, saveJsonFile } from '../lib/json-file.ts';
import type { Logger } from '../lib/logger.ts';
import type { AdminState } from './haproxy/answers.ts';

/** `backend/server` → what it was before. */
export type Retiring = ReadonlyMap<string, AdminState>;

const fileSchema = z.record(z.string(), z.enum(['ready', 'drain', 'maint']));

export interface RetiringFile {
  load(): Promise<Retiring>;
  /** Never rejects: without the file synapse works all the same. */
  save(retiring: Retiring): Promise<void>;
}

/** Beside the state file. */
export function createRetiringFile(statePath: string, logger: Logger): RetiringFile {
  const path = `${statePath}.retiring`;
  const exclusive = createExclusive();
  return {
    load: async () => {
      const content = await loadJsonFile(path, (one) => fileSchema.parse(one), logger);
      return new Map(Object.entries(content ?? {}));
    },
    save: (retiring) =>
      exclusive(async () => {
        try {
          await saveJsonFile(path, Object.fromEntries([...retiring].sort()));
        } catch (error) {
          logger.error('state-file-not-written', { path, error });
        }
      }),
  };
}
