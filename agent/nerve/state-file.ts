/** The state file: what nerve must still know after a restart. It holds secrets: mode 0600. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomically } from '../lib/atomic-file.ts';
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

/** A missing file is a first start; one that cannot be understood is logged and left behind. */
export async function loadNerveState(path: string | null, logger: Logger): Promise<NerveState> {
  const bootId = await readBootId();
  if (path === null) return { ...nothing, bootId };
  try {
    const state = stateSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    if (state.bootId === bootId) return state;
    return { ...state, bootId, sessions: {}, registered: {} };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) logger.warn('state-file-unusable', { path, error });
    return { ...nothing, bootId };
  }
}

/** Rejects with the file system's error. */
export async function saveNerveState(path: string, state: NerveState): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(state, undefined, 1)}\n`, { mode: 0o600 });
}

/** Empty where the kernel gives none. */
async function readBootId(): Promise<string> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return text.trim();
}
