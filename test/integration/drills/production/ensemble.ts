/** The ensemble: its leader, its quorum, all of it. */
import { rebooted } from '../../faults/host.ts';
import { frozen, killed, killedForGood, restarted } from '../../faults/process.ts';
import { together } from '../../faults/together.ts';
import { allServe, membersStopped, thenServing } from '../../faults/zookeeper.ts';
import type { Drill } from '../../harness/drill.ts';
import { limits } from '../../harness/limits.ts';
import { inEveryProxy } from '../../harness/moments.ts';
import { judgeRegistrations } from '../../harness/unchanged.ts';
import { firstOf, followersOf, leaderOf, withoutQuorumToSpare } from '../../harness/who.ts';
import { echo, workers } from '../catalog/services.ts';
import { goesOut } from '../moved.ts';

export const leaderKilled: Drill = {
  title: 'the leader of the ensemble is killed',
  set: 'production',
  about: 'The members elect another leader; no registration comes or goes.',
  quick: true,
  cannot: withoutQuorumToSpare,
  play: async (stage) => {
    const { inventory } = stage;
    const { atMs } = await stage.break(killed(await leaderOf(inventory), 'zookeeper'));
    await stage.until('another leader', async () => {
      await leaderOf(inventory);
    });
    stage.times({ detectedMs: Date.now() - atMs });
    await stage.until('all serve', () => allServe(inventory));
    judgeRegistrations(stage, workers, atMs);
  },
};

export const rollingRestart: Drill = {
  title: 'the members of the ensemble are restarted in turn',
  set: 'production',
  about: 'Followers first, the leader last, each when the others are whole: nobody notices.',
  quick: true,
  cannot: withoutQuorumToSpare,
  play: async (stage) => {
    const { inventory } = stage;
    const from = Date.now();
    const order = [...(await followersOf(inventory)), await leaderOf(inventory)];
    for (const member of order) {
      const fault = await stage.break(thenServing(restarted(member, 'zookeeper')));
      await fault.heal();
    }
    judgeRegistrations(stage, workers, from);
  },
};

/** Longer than a session lasts, so that nothing but patience keeps what is known. */
const silenceMs = 15_000;

export const silentEnsemble: Drill = {
  title: 'ZooKeeper accepts connections and never answers',
  set: 'production',
  about: 'nerve and synapse leave such members; nothing changes until they answer again.',
  quick: true,
  recovers: limits.registryBack,
  play: async (stage) => {
    const { inventory } = stage;
    const all = inventory.members.map((member) => frozen(member, 'zookeeper'));
    const { atMs } = await stage.break(thenServing(together('ZooKeeper falls silent', all)));
    await stage.until('longer than a session', () => after(atMs, silenceMs));
    await stage.requestsPass(100);
    for (const host of inventory.serviceHosts) {
      for (const service of [workers, echo]) {
        const since = inEveryProxy(stage, service, host);
        if (since === undefined || since > atMs) throw new Error(`${service} on ${host} was out`);
      }
    }
  },
};

export const silentMembers: Drill = {
  title: 'a member of the ensemble falls silent, then another',
  set: 'production',
  about: 'Who speaks with it goes to another one in time: no registration comes or goes.',
  quick: true,
  cannot: withoutQuorumToSpare,
  play: async (stage) => {
    const from = Date.now();
    for (const member of await followersOf(stage.inventory)) {
      const silent = await stage.break(thenServing(frozen(member, 'zookeeper')));
      await stage.until('longer than a session', () => after(silent.atMs, silenceMs));
      await silent.heal();
    }
    judgeRegistrations(stage, workers, from);
    judgeRegistrations(stage, echo, from);
  },
};

/** Law 1. */
export const discoveryDead: Drill = {
  title: 'ZooKeeper, nerve and synapse are dead on all hosts, and an instance dies',
  set: 'production',
  about: 'HAProxy goes on with what it knows, and its own checks take the dead one out.',
  quick: true,
  recovers: limits.registryBackOthers,
  play: async (stage) => {
    const { inventory } = stage;
    const daemons = inventory.serviceHosts.flatMap((host) =>
      ['nerve', 'synapse'].map((unit) => killedForGood(host, unit)),
    );
    const all = [membersStopped(inventory.members), ...daemons];
    await stage.break(together('all of discovery dies', all));
    const host = firstOf(inventory, workers);
    const dead = await stage.break(killedForGood(host, workers));
    await goesOut(stage, limits.crashToOut, dead.atMs, workers, host);
    await stage.requestsPass(300);
  },
};

const fiveMinutesMs = 300_000;

export const quorumLost: Drill = {
  title: 'the quorum is lost for five minutes',
  set: 'production',
  about: 'One member is left: proxies keep what they know, and go on avoiding the dead.',
  quick: false,
  cannot: withoutQuorumToSpare,
  recovers: limits.registryBack,
  play: async (stage) => {
    const { inventory } = stage;
    const two = inventory.members.slice(0, 2).map((one) => killedForGood(one, 'zookeeper'));
    const lost = await stage.break(thenServing(together('two of three members gone', two)));
    const host = firstOf(inventory, workers);
    const dead = await stage.break(killedForGood(host, workers));
    await goesOut(stage, limits.crashToOut, dead.atMs, workers, host);
    await stage.until('a minute', () => after(dead.atMs, 60_000), 90_000);
    await dead.heal();
    await stage.until('five minutes', () => after(lost.atMs, fiveMinutesMs), 330_000);
  },
};

export const rebootsWithoutZookeeper: Drill = {
  title: 'all ZooKeeper is down, and a host is rebooted meanwhile',
  set: 'production',
  about: 'The others go on; the rebooted one is back with what it knew, and registers later.',
  quick: false,
  recovers: limits.registryBackOthers,
  play: async (stage) => {
    const { inventory } = stage;
    await stage.break(membersStopped(inventory.members));
    const host = firstOf(inventory, workers);
    await (await stage.break(rebooted(host))).heal();
    await stage.until('it serves again', async () => {
      await inventory.hosts.run(host, 'curl -sf -m 2 -o /dev/null 127.0.0.1:3501/ping');
    });
    await stage.requestsPass(150);
  },
};

function after(fromMs: number, ms: number): void {
  if (Date.now() < fromMs + ms) throw new Error('not yet');
}
