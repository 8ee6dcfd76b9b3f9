import type { Workspace } from '../workspace.ts';
import { builtinEngine } from './builtin.ts';
import type { Engine } from './engine.ts';
import { pulumiEngine, pulumiVersion } from './pulumi-cli.ts';

export const engineNames = ['builtin', 'pulumi'] as const;
export type EngineName = (typeof engineNames)[number];

/**
 * The Pulumi CLI where it is on PATH, else the built-in engine; `wanted`, or else the variable
 * SMARTSTACK_ENGINE, forces one.
 */
export async function chooseEngine(
  workspace: Workspace,
  wanted: EngineName | undefined = engineNames.find(
    (name) => name === process.env.SMARTSTACK_ENGINE,
  ),
): Promise<Engine> {
  if (wanted === 'builtin') return builtinEngine(workspace);
  const version = await pulumiVersion();
  if (version !== undefined) return pulumiEngine(workspace, version);
  if (wanted === undefined) return builtinEngine(workspace);
  throw new Error(
    'the Pulumi CLI is asked for, but there is no `pulumi` on PATH; ' +
      'install it from https://www.pulumi.com/docs/install/, or leave the choice to us',
  );
}
