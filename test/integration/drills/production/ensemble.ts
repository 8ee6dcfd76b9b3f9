import { killed } from '../../faults/process.ts';
import type { Drill } from '../../harness/drill.ts';
import { leaderOf } from '../../harness/who.ts';
import { modeOf } from '../../support/probes.ts';

export const leaderKilled: Drill = {
  title: 'the leader of the ensemble is killed',
  set: 'production',
  about: 'The members elect another leader; nobody else notices.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const leader = await leaderOf(inventory);
    const { atMs } = await stage.break(killed(leader, 'zookeeper'));
    await stage.until('another leader', async () => {
      await leaderOf(inventory);
    });
    stage.times({ detectedMs: Date.now() - atMs });
    await stage.until('the killed member is back', async () => {
      const mode = await modeOf(inventory.hosts, leader);
      if (!['leader', 'follower'].includes(mode)) throw new Error(`it is ${mode}`);
    });
  },
};
