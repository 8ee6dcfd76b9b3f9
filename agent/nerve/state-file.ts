/** The state file: what nerve must still know after a restart. It holds secrets: mode 0600. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { loadJsonFile, saveJsonFile } from '../lib/json-file.ts';
import type { Logger } from '../lib/logger.ts';
import { maxWeight } from '../registration.ts';

const spellFields = { reason: z.string(), untilMs: z.number().exactOptional() } as const;
const spellSchema = z.strictObject(spellFields);

const overridesSchema = z.strictObject({
  unhealthy: spellSchema.exactOptional(),
  drained: spellSchema.exactOptional(),
  weight: z.int().min(0).max(maxWeight).exactOptional(),
  downtime: z
    .strictObject({ ...spellFields, startsAtMs: z.number(), drainMs: z.number() })
    .exactOptional(),
});

const hex = z.string().regex(/^[0-9a-f]+$/);

const stateSchema = z.strictObject({
  version: z.literal(1),
  /** Of the kernel: what was registered before a reboot says nothing about now. */
  bootId: z.string(),
  /** By `ensembleKey`. */
  sessions: z.record(z.string(), z.strictObject({ sessionId: hex, password: hex })),
  /** Nodes that stood in the registry, by the key of the instance they stand for. */
  registered: z.record(
    z.string(),
    z.strictObject({ hosts: z.array(z.string()).readonly(), path: z.string() }),
  ),
  hostDrained: spellSchema.exactOptional(),
  overrides: z.record(z.string(), overridesSchema),
  /** Registrations that processes made themselves, as they asked for them. */
  dynamic: z.record(
    z.string(),
    z.strictObject({ request: z.unknown(), expiresAtMs: z.number().exactOptional() }),
  ),
});

export type NerveState = Readonly<z.output<typeof stateSchema>>;

const nothing: Omit<NerveState, 'bootId'> = {
  version: 1,
  sessions: {},
  registered: {},
  overrides: {},
  dynamic: {},
};

/** Empty at a first start. */
export async function loadNerveState(path: string | null, logger: Logger): Promise<NerveState> {
  const bootId = await readBootId();
  const state =
    path === null
      ? undefined
      : await loadJsonFile(path, (content) => stateSchema.parse(content), logger);
  if (state === undefined) return { ...nothing, bootId };
  if (state.bootId === bootId) return state;
  return { ...state, bootId, sessions: {}, registered: {} };
}

/** Rejects with the file system's error. */
export async function saveNerveState(path: string, state: NerveState): Promise<void> {
  await saveJsonFile(path, state, { mode: 0o600 });
}

/** Empty where the kernel gives none. */
async function readBootId(): Promise<string> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return text.trim();
}
