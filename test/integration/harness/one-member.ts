/** A stack of its own for the tutorial's first steps, as small as can be. */
import { rm, writeFile } from 'node:fs/promises';
import { openWorkspace } from '../../../infra/cli/workspace.ts';
import { npmRun } from '../support/stack.ts';
import type { Drill } from './drill.ts';
import type { DrillObserver, DrillOutcome } from './outcome.ts';
import { playSeason } from './season.ts';

const stack = 'one-member';
const catalog = 'test/integration/drills/catalog/one-member.ts';
const config =
  '# Stood up by the drills, and taken away by them.\nconfig:\n  smartstack:target: vagrant\n';

/** Stood up before them, taken away after them whatever happens. */
export async function playOnOneMember(
  drills: readonly Drill[],
  observer: DrillObserver,
): Promise<readonly DrillOutcome[]> {
  const { configPath } = await openWorkspace(stack);
  await writeFile(configPath, config);
  try {
    await succeed('up');
    const { outcomes } = await playSeason({ stack, observer, drills: () => drills });
    return outcomes;
  } finally {
    await succeed('down');
    await rm(configPath, { force: true });
  }
}

async function succeed(command: 'up' | 'down'): Promise<void> {
  console.log(`${command === 'up' ? 'Bringing up' : 'Taking down'} the stack ${stack}`);
  const { status, output } = await npmRun(stack, command, [], { catalog });
  if (status !== 0) throw new Error(`npm run ${command} ended with ${status}:\n${output}`);
}
