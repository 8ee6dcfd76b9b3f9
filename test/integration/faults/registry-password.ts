/** The registry's password comes, changes and goes, as people do it: configuration and `npm run up`. */
import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { openWorkspace } from '../../../infra/cli/workspace.ts';
import { bringUp } from '../support/stack.ts';
import type { Fault } from './fault.ts';

/** What the stack's configuration says for one `up`; nothing where there is none. */
export interface Passwords {
  readonly current?: string;
  readonly before?: string;
}

export interface PasswordChange {
  readonly what: string;
  /** Those that write there. */
  readonly hosts: readonly string[];
  /** Each with an `up` of its own. */
  readonly steps: readonly Passwords[];
  /** What opens the registry again. */
  readonly back: readonly Passwords[];
  readonly catalog: string;
}

const configSchema = z.looseObject({ config: z.record(z.string(), z.unknown()) });

export function registryPassword({ what, hosts, steps, back, catalog }: PasswordChange): Fault {
  const take = async (stack: string, all: readonly Passwords[]): Promise<void> => {
    for (const passwords of all) {
      await configure(stack, passwords);
      await bringUp(stack, catalog);
    }
  };
  return {
    what,
    hosts,
    break: async ({ stack }) => {
      const atMs = Date.now();
      await take(stack, steps);
      return atMs;
    },
    heal: ({ stack }) => take(stack, back),
  };
}

async function configure(stack: string, { current, before }: Passwords): Promise<void> {
  const { configPath } = await openWorkspace(stack);
  const { config, ...rest } = configSchema.parse(parse(await readFile(configPath, 'utf8')));
  const wanted = { zookeeperPassword: current, zookeeperPasswordBefore: before };
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined) delete config[`smartstack:${name}`];
    else config[`smartstack:${name}`] = value;
  }
  await writeFile(configPath, stringify({ ...rest, config }));
}
