/** The state file: what synapse must still know after a restart, with or without ZooKeeper. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomically } from '../lib/atomic-file.ts';
import type { Logger } from '../lib/logger.ts';
import { isHost, isInstanceName, maxWeight } from '../registration.ts';
import type { Instance } from './instance.ts';

export interface LastKnown {
  /** Service → the last list with instances in it that its registry reported. */
  readonly services: ReadonlyMap<string, readonly Instance[]>;
  /** `backend/server` that synapse put into maintenance → what it was before. */
  readonly retiring: ReadonlyMap<string, 'ready' | 'drain' | 'maint'>;
}

/** As strict as for the registry itself: the file may have been edited. */
const instanceSchema = z.strictObject({
  host: z.string().refine(isHost),
  port: z.int().min(1).max(65_535),
  name: z.string().refine(isInstanceName).optional(),
  sequence: z.int().optional(),
  weight: z.int().min(0).max(maxWeight).optional(),
  serverOptions: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  draining: z.boolean().optional(),
  downtimeAtSeconds: z.int().min(0).optional(),
});

const fileSchema = z.strictObject({
  version: z.literal(1),
  services: z.record(z.string(), z.array(instanceSchema)),
  retiring: z.record(z.string(), z.enum(['ready', 'drain', 'maint'])),
});

const nothing: LastKnown = { services: new Map(), retiring: new Map() };

/** A missing file is a first start; one that cannot be understood is logged and left behind. */
export async function loadLastKnown(path: string, logger: Logger): Promise<LastKnown> {
  try {
    const { services, retiring } = fileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    return {
      services: new Map(Object.entries(services).map(([name, list]) => [name, list.map(compact)])),
      retiring: new Map(Object.entries(retiring)),
    };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) logger.warn('state-file-unusable', { path, error });
    return nothing;
  }
}

/** Rejects with the file system's error. */
export async function saveLastKnown(
  path: string,
  { services, retiring }: LastKnown,
): Promise<void> {
  const content = {
    version: 1,
    services: sorted(services),
    retiring: sorted(retiring),
  };
  await writeFileAtomically(path, `${JSON.stringify(content, undefined, 1)}\n`);
}

function sorted<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Absent fields stay absent: `exactOptionalPropertyTypes`. */
function compact(instance: z.output<typeof instanceSchema>): Instance {
  const { name, sequence, weight, serverOptions, draining, downtimeAtSeconds, ...rest } = instance;
  return {
    ...rest,
    ...(name === undefined ? {} : { name }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(weight === undefined ? {} : { weight }),
    ...(serverOptions === undefined ? {} : { serverOptions }),
    ...(draining === undefined ? {} : { draining }),
    ...(downtimeAtSeconds === undefined ? {} : { downtimeAtSeconds }),
  };
}
