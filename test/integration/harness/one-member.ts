/** A stack of its own for the tutorial's first steps, as small as can be. */
import { withOwnStack } from '../support/own-stack.ts';
import type { Drill } from './drill.ts';
import type { DrillOutcome } from './outcome.ts';
import type { Audience } from './play.ts';
import { playSeason } from './season.ts';

const name = 'one-member';
const catalog = 'test/integration/drills/catalog/one-member.ts';

export function playOnOneMember(
  drills: readonly Drill[],
  audience: Audience,
): Promise<readonly DrillOutcome[]> {
  return withOwnStack(name, async ({ stack, run }) => {
    console.log(`Bringing up the stack ${stack}, which goes after its drills`);
    await run('up', { catalog });
    const { outcomes } = await playSeason({ ...audience, stack, drills: () => drills });
    return outcomes;
  });
}
