/** ZooKeeper crashes: all of it, or a member. */
import { killedForGood } from '../../faults/process.ts';
import { unhealthy } from '../../faults/worker.ts';
import { allServe, membersStopped, thenServing } from '../../faults/zookeeper.ts';
import type { Drill } from '../../harness/drill.ts';
import { serviceOf } from '../../harness/inventory.ts';
import { limits } from '../../harness/limits.ts';
import {
  inEveryProxy,
  nodesOf,
  outOfEveryProxy,
  retiredEverywhere,
} from '../../harness/moments.ts';
import { firstOf, followersOf, withoutQuorumToSpare } from '../../harness/who.ts';
import { fourLetterWord } from '../../support/probes.ts';
import { workers } from '../catalog/services.ts';
import { goesOut } from '../moved.ts';

/** Where the tutorial stumbles: the crash meets a service that runs and answers 404. */
export const zookeeperCrashed: Drill = {
  title: 'ZooKeeper is gone while a service comes back to health',
  set: 'tutorial',
  about: 'synapse does not die, no request is lost, and all is right by itself when it returns.',
  quick: true,
  recovers: limits.registryBack,
  play: async (stage) => {
    const { inventory } = stage;
    const host = firstOf(inventory, workers);
    const sick = await stage.break(unhealthy(host, 404));
    await goesOut(stage, limits.crashToOut, sick.atMs, workers, host);
    // HAProxy's own checks may have been first, and would have it back.
    await stage.until('nerve and synapse have taken it out', () => {
      if (retiredEverywhere(stage, workers, host) === undefined) throw new Error('not everywhere');
    });
    await stage.break(membersStopped(inventory.members));
    await sick.heal();
    await stage.requestsPass(300);
    if (outOfEveryProxy(stage, workers, host, Date.now()) === undefined) {
      throw new Error('it took traffic that nobody can have told of');
    }
  },
};

/** Nobody can be told: HAProxy's own checks keep the dead instance out. */
export const deathWithoutZookeeper: Drill = {
  title: 'an instance dies while ZooKeeper is gone',
  set: 'tutorial',
  about: 'HAProxy finds out by itself; the instance is back as soon as it answers.',
  quick: true,
  recovers: limits.registryBack,
  play: async (stage) => {
    const { inventory } = stage;
    const host = firstOf(inventory, workers);
    await stage.break(membersStopped(inventory.members));
    const dead = await stage.break(killedForGood(host, workers));
    await goesOut(stage, limits.crashToOut, dead.atMs, workers, host);
    await stage.requestsPass(150);
    await dead.heal();
    await stage.until('HAProxy finds it up by itself', () => {
      if (inEveryProxy(stage, workers, host) === undefined) throw new Error('not yet');
    });
  },
};

export const memberCrashed: Drill = {
  title: 'a member of the ensemble crashes, comes back and is caught up',
  set: 'tutorial',
  about: 'Two of three go on; what happened meanwhile is known to the third once it is back.',
  quick: true,
  cannot: withoutQuorumToSpare,
  play: async (stage) => {
    const { inventory } = stage;
    const [member = ''] = await followersOf(inventory);
    const crash = await stage.break(thenServing(killedForGood(member, 'zookeeper')));
    const host = firstOf(inventory, workers);
    const dead = await stage.break(killedForGood(host, workers));
    await goesOut(stage, limits.toldCrashToOut, dead.atMs, workers, host);
    await dead.heal();
    await stage.until('it is registered without that member', () => {
      if (nodesOf(stage, workers, host).length === 0) throw new Error('not registered');
    });
    await crash.heal();
    await allServe(inventory);
    const { zkPath } = serviceOf(inventory.outputs, workers);
    await stage.until('all members are at one transaction', async () => {
      const answers = await Promise.all(
        inventory.members.map((one) => fourLetterWord(inventory.hosts, one, 'srvr')),
      );
      const at = new Set(answers.map((answer) => /^Zxid: (\S+)$/m.exec(answer)?.[1]));
      if (at.size !== 1) throw new Error(`${zkPath}: ${[...at].join(', ')}`);
    });
  },
};
