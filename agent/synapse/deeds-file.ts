/**
 * What synapse itself did to servers, or was about to do: the next synapse must not take it for an
 * operator's. In files of their own beside the state file: each is written before the deed, and must
 * not take as long as all that the state file holds.
 */
import { z } from 'zod';
import { createExclusive } from '../lib/exclusive.ts';
import { loadJsonFile, saveJsonFile } from '../lib/json-file.ts';
import type { Logger } from '../lib/logger.ts';
import type { AdminState } from './haproxy/answers.ts';

/** `backend/server` → what is noted of it. */
export interface DeedsFile<V> {
  load(): Promise<ReadonlyMap<string, V>>;
  /** Never rejects: without the file synapse works all the same. */
  save(deeds: ReadonlyMap<string, V>): Promise<void>;
}

/** Servers that were put into maintenance, and what they were before. */
export function createRetiringFile(statePath: string, logger: Logger): DeedsFile<AdminState> {
  return createDeedsFile(`${statePath}.retiring`, z.enum(['ready', 'drain', 'maint']), logger);
}

/** Weights that HAProxy was told and its file does not say yet. */
export function createWeightsFile(statePath: string, logger: Logger): DeedsFile<number> {
  return createDeedsFile(`${statePath}.weights`, z.int().min(0), logger);
}

function createDeedsFile<V>(path: string, value: z.ZodType<V>, logger: Logger): DeedsFile<V> {
  const schema = z.record(z.string(), value);
  const exclusive = createExclusive();
  return {
    load: async () => {
      const content = await loadJsonFile(path, (one) => schema.parse(one), logger);
      return new Map(Object.entries(content ?? {}));
    },
    save: (deeds) =>
      exclusive(async () => {
        try {
          await saveJsonFile(path, Object.fromEntries([...deeds].sort()));
        } catch (error) {
          logger.error('state-file-not-written', { path, error });
        }
      }),
  };
}
