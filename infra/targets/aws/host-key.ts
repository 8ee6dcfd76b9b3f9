/**
 * A host's ssh key as its instance printed it on its console, which only AWS can read: asked for by
 * a command of its own (`main.ts`), so that it is read once and kept with the state.
 */
import { z } from 'zod';
import { projectFolderFromHere } from '../../project.ts';

export const hostKeyCommand = {
  create: 'node_modules/.bin/node infra/targets/aws/main.ts',
  // The console forgets; only a new instance (a trigger) is asked again.
  update: 'printf %s "$PULUMI_COMMAND_STDOUT"',
  dir: projectFolderFromHere(),
} as const;

const reportSchema = z.object({ hostKey: z.string() });

/** What `main.ts` prints. */
export function hostKeyReport(hostKey: string): string {
  return JSON.stringify({ hostKey } satisfies z.input<typeof reportSchema>);
}

export function hostKeyIn(report: string): string {
  return reportSchema.parse(JSON.parse(report)).hostKey;
}

/**
 * The Ed25519 key in what cloud-init prints at an instance's first boot; `undefined` before.
 * https://cloudinit.readthedocs.io/en/latest/reference/modules.html#keys-to-console
 */
export function hostKeyOnConsole(text: string): string | undefined {
  const blocks = text.matchAll(/BEGIN SSH HOST KEY KEYS-+([\s\S]*?)-+END SSH HOST KEY KEYS/g);
  const [, block = ''] = [...blocks].at(-1) ?? [];
  return /\bssh-ed25519 AAAA[A-Za-z0-9+/]+=*/.exec(block)?.[0];
}
