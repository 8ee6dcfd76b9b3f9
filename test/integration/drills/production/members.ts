/** The ensemble changes: it grows, shrinks, and has a dead member replaced. */
import type { Fault } from '../../faults/fault.ts';
import { broughtUp } from '../../faults/up.ts';
import type { Drill, Stage } from '../../harness/drill.ts';
import { type Inventory, takeInventory } from '../../harness/inventory.ts';
import { judgeRegistrations } from '../../harness/unchanged.ts';
import { votersOf } from '../../support/probes.ts';
import { workers } from '../catalog/services.ts';

const growth = broughtUp({
  what: 'two members join',
  hosts: ['zookeeper4', 'zookeeper5'],
  catalog: 'five-members.ts',
});
const replacement = broughtUp({
  what: 'the dead member is replaced',
  hosts: ['zookeeper5', 'zookeeper6'],
  catalog: 'five-members-one-replaced.ts',
  back: ['five-members.ts'],
});

/** On machines of this stack alone can the drills have more of them. */
export function withoutMachinesToSpare({ outputs }: Inventory): string | undefined {
  return outputs.target === 'vagrant' ? undefined : `${outputs.target} has no machines to spare`;
}

function withoutThreeMembers(inventory: Inventory): string | undefined {
  const { members } = inventory;
  return (
    withoutMachinesToSpare(inventory) ??
    (members.length === 3 ? undefined : `the ensemble has ${members.length} member(s), not 3`)
  );
}

/** The ids that have a vote, as a member that stays sees it. */
async function votersAre(stage: Stage, ids: readonly number[]): Promise<void> {
  const { hosts, members } = stage.inventory;
  const [member = ''] = members;
  await stage.until(`the members ${ids.join(', ')}`, async () => {
    const voters = await votersOf(hosts, member);
    if (voters.join() !== ids.join()) throw new Error(`they are ${voters.join(', ')}`);
  });
}

/** Members join by `change`, and leave as it is healed; `look` is called while they are there. */
export async function joinAndLeave(
  stage: Stage,
  change: Fault,
  ids: { readonly before: readonly number[]; readonly grown: readonly number[] },
  look: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { heal } = await stage.break(change);
  await votersAre(stage, ids.grown);
  await look();
  await stage.requestsPass(300);
  await heal();
  await votersAre(stage, ids.before);
}

export const threeAndFive = { before: [11, 12, 13], grown: [11, 12, 13, 14, 15] };

export const membersComeAndGo: Drill = {
  title: 'the ensemble grows to five members and shrinks to three',
  set: 'production',
  about: 'By changing the catalog: each step one member, no request lost, no registration moved.',
  quick: false,
  cannot: withoutThreeMembers,
  play: async (stage) => {
    const from = Date.now();
    await joinAndLeave(stage, growth, threeAndFive);
    judgeRegistrations(stage, workers, from);
  },
};

export const deadMemberReplaced: Drill = {
  title: 'a member dies for good and another machine replaces it',
  set: 'production',
  about: 'By changing the catalog: the dead one goes, the new one joins; nobody notices.',
  quick: false,
  cannot: withoutThreeMembers,
  play: async (stage) => {
    const from = Date.now();
    await stage.break(growth);
    const grown = await takeInventory(stage.inventory.stack);
    try {
      await grown.hosts.run(
        'zookeeper5',
        'systemctl kill -s KILL zookeeper; systemctl stop zookeeper',
      );
    } finally {
      grown.hosts.close();
    }
    const { heal } = await stage.break(replacement);
    await votersAre(stage, [11, 12, 13, 14, 16]);
    await heal();
    await votersAre(stage, [11, 12, 13, 14, 15]);
    judgeRegistrations(stage, workers, from);
  },
};
