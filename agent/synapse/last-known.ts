/** The state file: what synapse must still know after a restart, with or without ZooKeeper. */
import { z } from 'zod';
import { loadJsonFile, saveJsonFile } from '../lib/json-file.ts';
import type { Logger } from '../lib/logger.ts';
import { isHost, isInstanceName, maxWeight } from '../registration.ts';
import { isIdle } from './hands/hands.ts';
import type { Remembered } from './known-service.ts';

/** By service. */
export type LastKnown = ReadonlyMap<string, Remembered>;

/** As strict as for the registry itself: the file may have been edited. */
const instanceSchema = z.strictObject({
  host: z.string().refine(isHost),
  port: z.int().min(1).max(65_535),
  name: z.string().refine(isInstanceName).exactOptional(),
  sequence: z.int().exactOptional(),
  weight: z.int().min(0).max(maxWeight).exactOptional(),
  serverOptions: z.string().exactOptional(),
  labels: z.record(z.string(), z.string()),
  draining: z.boolean().exactOptional(),
  downtimeAtSeconds: z.int().min(0).exactOptional(),
  unvouched: z.boolean().exactOptional(),
});

const decision = {
  reason: z.string(),
  by: z.string(),
  sinceMs: z.number(),
  untilMs: z.number().exactOptional(),
} as const;

const handsSchema = z.strictObject({
  pinned: z.record(z.string(), z.strictObject({ ...decision, instance: instanceSchema })),
  out: z.record(
    z.string(),
    z.strictObject({ ...decision, mode: z.enum(['drain', 'maintenance']) }),
  ),
});

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** The last list with instances in it that the registry reported. */
  services: z.record(z.string(), z.array(instanceSchema)),
  /** In a file of its own since. */
  retiring: z.unknown().exactOptional(),
  /** Of services of which the guard holds some. */
  held: z
    .record(
      z.string(),
      z.array(
        z.strictObject({ instance: instanceSchema, sinceMs: z.number(), untilMs: z.number() }),
      ),
    )
    .default({}),
  /** Of services of which an operator decided something. */
  hands: z.record(z.string(), handsSchema).default({}),
});

type StateFile = z.input<typeof fileSchema>;

/** Empty at a first start. */
export async function loadLastKnown(path: string, logger: Logger): Promise<LastKnown> {
  const file = await loadJsonFile(path, (content) => fileSchema.parse(content), logger);
  return file === undefined ? new Map() : servicesOf(file);
}

/** Rejects with the file system's error. */
export async function saveLastKnown(path: string, services: LastKnown): Promise<void> {
  const held = [...services].filter(([, one]) => one.held.length > 0);
  const hands = [...services].filter(([, one]) => !isIdle(one.hands));
  const content: StateFile = {
    version: 1,
    services: sorted([...services].map(([name, { previous }]) => [name, [...previous]])),
    held: sorted(held.map(([name, one]) => [name, [...one.held]])),
    hands: sorted(
      hands.map(
        ([
          name,
          {
            hands: { pinned, out },
          },
        ]) => [name, { pinned: sorted(pinned), out: sorted(out) }],
      ),
    ),
  };
  await saveJsonFile(path, content);
}

function servicesOf(file: z.output<typeof fileSchema>): LastKnown {
  const previous = new Map(Object.entries(file.services));
  const held = new Map(Object.entries(file.held));
  const hands = new Map(Object.entries(file.hands));
  return new Map(
    [...previous.keys(), ...held.keys(), ...hands.keys()].map((name) => {
      const { pinned = {}, out = {} } = hands.get(name) ?? {};
      const decided = {
        pinned: new Map(Object.entries(pinned)),
        out: new Map(Object.entries(out)),
      };
      const rest = { previous: previous.get(name) ?? [], held: held.get(name) ?? [] };
      return [name, { ...rest, hands: decided }];
    }),
  );
}

function sorted<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
