import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { readIfThere, writeWhole } from '../../prerequisites/whole-file.ts';
import {
  chooseProvider,
  providerFacts,
  type VagrantProvider,
  vagrantProviders,
} from './provider.ts';
import type { StackFiles } from './stack-files.ts';
import { chooseSubnet, ownAddresses } from './subnet.ts';

const settingsSchema = z.object({
  /** Tells this stack's machines from those of other checkouts on the same computer. */
  id: z.string().regex(/^[0-9a-f]{6}$/),
  provider: z.enum(vagrantProviders),
  subnet: z.string().regex(/^\d+\.\d+\.\d+$/),
});

/** Settled when a stack is first planned and kept while it exists: addresses hang on it. */
export type VagrantSettings = Readonly<z.infer<typeof settingsSchema>>;

export interface WantedSettings {
  readonly provider?: VagrantProvider | undefined;
  readonly subnet?: string | undefined;
}

/** What the stack's configuration wants wins over what was settled before, and that over a choice. */
export async function settle(
  files: StackFiles,
  wanted: WantedSettings = {},
): Promise<VagrantSettings> {
  const before = await settledBefore(files);
  const provider = wanted.provider ?? before?.provider ?? chooseProvider(await providerFacts());
  const kept = before?.provider === provider ? before.subnet : undefined;
  const settings = {
    id: before?.id ?? randomBytes(3).toString('hex'),
    provider,
    subnet: wanted.subnet ?? kept ?? chooseSubnet(provider, await ownAddresses()),
  };
  await writeWhole(files.settings, `${JSON.stringify(settings, null, 2)}\n`);
  return settings;
}

export async function settledBefore(files: StackFiles): Promise<VagrantSettings | undefined> {
  const text = await readIfThere(files.settings);
  return text === undefined ? undefined : settingsSchema.parse(JSON.parse(text));
}

/** At most 15 characters: the kernel's limit for the name of an interface. */
export function bridgeOf({ id }: VagrantSettings): string {
  return `sstack${id}`;
}
