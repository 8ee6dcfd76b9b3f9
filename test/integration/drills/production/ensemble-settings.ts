/** The ensemble gets another setting in the catalog, and `up` brings it to one member at a time. */
import { broughtUp } from '../../faults/up.ts';
import { allServe } from '../../faults/zookeeper.ts';
import type { Drill } from '../../harness/drill.ts';
import { judgeRegistrations } from '../../harness/unchanged.ts';
import { followersOf, leaderOf, withoutQuorumToSpare } from '../../harness/who.ts';
import { fourLetterWord } from '../../support/probes.ts';
import { workers } from '../catalog/services.ts';
import { refusedFor } from './refused-up.ts';
import { thereAndBack } from './there-and-back.ts';

const common = { set: 'production', quick: false, cannot: withoutQuorumToSpare } as const;

const longerTicks: Drill = {
  ...common,
  title: 'the ensemble gets another setting by up, and back',
  about: 'Its members restart in turn, the leader last; no registration comes or goes.',
  play: async (stage) => {
    const { members } = stage.inventory;
    const from = Date.now();
    const change = broughtUp({
      what: 'an up with longer ticks',
      hosts: members,
      catalog: 'longer-ticks.ts',
      restarts: members.map((host) => ({ host, unit: 'zookeeper' })),
    });
    await thereAndBack(stage, change, () =>
      stage.until('all members tick longer', async () => {
        for (const member of members) {
          const conf = await fourLetterWord(stage.inventory.hosts, member, 'conf');
          if (!/^tickTime=2500$/m.test(conf)) throw new Error(`${member}: ${conf}`);
        }
      }),
    );
    judgeRegistrations(stage, workers, from);
  },
};

/** A heap for which no machine has room: the first follower is restarted, and does not come back. */
const doesNotStart: Drill = {
  ...common,
  title: 'the ensemble gets a setting by up with which no member starts',
  about: 'It ends at the first member: the others are a quorum. Taken back, that one starts, too.',
  play: async (stage) => {
    const [first = ''] = await followersOf(stage.inventory);
    const from = Date.now();
    const change = broughtUp({
      what: 'an up with too large a heap',
      hosts: [first],
      catalog: 'heap-too-large.ts',
      restarts: [{ host: first, unit: 'zookeeper' }],
      ended: refusedFor(stage, /could not reserve enough space/i),
    });
    await thereAndBack(stage, change, async () => {
      await leaderOf(stage.inventory);
    });
    await stage.until('all serve', () => allServe(stage.inventory));
    judgeRegistrations(stage, workers, from);
  },
};

export const ensembleSettings: readonly Drill[] = [longerTicks, doesNotStart];
