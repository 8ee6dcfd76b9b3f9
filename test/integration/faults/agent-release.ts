/** Another release of the agent, brought by `up` as an upgrade is. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drillCatalog } from '../support/catalog-file.ts';
import { bringUp, npmRun, type Run, root } from '../support/stack.ts';
import type { Fault } from './fault.ts';

/** What makes it another: some text of a file of `agent/`, and what is in its place. */
export interface AgentChange {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Upgrade {
  /** Such as `a release that crashes`. */
  readonly what: string;
  readonly change: AgentChange;
  /** Told how the `up` that brings it ended. */
  readonly ended: (run: Run) => void;
}

const source = '.smartstack/integration/agent';

/** Healed by the `up` that brings the project's own agent back. */
export function upgraded(hosts: readonly string[], { what, change, ended }: Upgrade): Fault {
  return {
    what: `an up with ${what}`,
    hosts,
    restarts: hosts.flatMap((host) => ['nerve', 'synapse'].map((unit) => ({ host, unit }))),
    break: async ({ stack }) => {
      await writeSource(change);
      ended(await npmRun(stack, 'up', [], { catalog: drillCatalog, agent: source }));
      return Date.now();
    },
    heal: async ({ stack }) => {
      await bringUp(stack, drillCatalog);
      await rm(join(root, source), { recursive: true, force: true });
    },
  };
}

async function writeSource({ file, from, to }: AgentChange): Promise<void> {
  const folder = join(root, source);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(join(root, 'agent'), join(folder, 'agent'), { recursive: true });
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)} to replace`);
  await writeFile(path, text.replace(from, to));
}
