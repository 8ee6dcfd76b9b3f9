/** What airbnb/smartstack-cookbook's tests break, and what they left pending. */
import { expect } from 'chai';
import { leaderElected } from '../../faults/leader-election.ts';
import { killedForGood, restarted, signalled, stopped } from '../../faults/process.ts';
import { together } from '../../faults/together.ts';
import { membersStopped, thenServing } from '../../faults/zookeeper.ts';
import type { Drill, Stage } from '../../harness/drill.ts';
import { serverOf, serviceOf } from '../../harness/inventory.ts';
import { limits } from '../../harness/limits.ts';
import { registryNow } from '../../harness/moments.ts';
import { judgeRegistrations } from '../../harness/unchanged.ts';
import { firstOf, followersOf, withoutQuorumToSpare } from '../../harness/who.ts';
import { expectNerveReady } from '../../support/nerve.ts';
import { mainPid } from '../../support/probes.ts';
import { narrow, workers } from '../catalog/services.ts';
import { comesBack, goesOut } from '../moved.ts';

const set = 'cookbook';
const nerveRounds = 6;

export const nerveRestarts: Drill = {
  title: 'nerve stops and starts six times in a row',
  set,
  about: 'Each time its instances leave all proxies in good order, and are back.',
  quick: true,
  play: async (stage) => {
    const host = firstOf(stage.inventory, workers);
    for (let round = 0; round < nerveRounds; round += 1) {
      const stop = await stage.break(stopped(host, 'nerve'));
      await goesOut(stage, limits.leaveToOut, stop.atMs, workers, host);
      const from = await stop.heal();
      await comesBack(stage, from, workers, host);
    }
  },
};

/** Left empty there. */
export const nerveSignals: Drill = {
  title: 'nerve handles signals',
  set,
  about: 'SIGHUP reads the files again in the same process; after SIGTERM systemd starts another.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const host = firstOf(inventory, workers);
    const pid = await mainPid(inventory.hosts, host, 'nerve');
    await stage.break(signalled(host, 'nerve', 'HUP'));
    await stage.requestsPass(100);
    expect(await mainPid(inventory.hosts, host, 'nerve')).to.equal(pid);
    await stage.break(signalled(host, 'nerve', 'TERM'));
    await stage.until('another nerve is ready', async () => {
      expect(await mainPid(inventory.hosts, host, 'nerve')).to.not.equal(pid);
      await expectNerveReady(inventory.hosts, host);
    });
  },
};

/** Beside the law that daemons are not restarted, which every drill ends with. */
export const serviceDown: Drill = {
  title: 'a service is down everywhere, and restarted',
  set,
  about:
    'It leaves the registry, is unavailable through synapse, HAProxy stays as it is; then back.',
  quick: true,
  recovers: limits.backIn,
  play: async (stage) => {
    const { inventory } = stage;
    const { on, consumers, localPort } = serviceOf(inventory.outputs, narrow);
    const down = on.map((host) => stopped(host, narrow));
    const { atMs } = await stage.break(together(`${narrow} stopped everywhere`, down));
    for (const host of on) await goesOut(stage, limits.leaveToOut, atMs, narrow, host);
    await stage.until('nothing is registered', () => {
      expect(registryNow(stage, narrow)).to.deep.equal([]);
    });
    for (const host of consumers) {
      const ask = `curl -s -m 15 -o /dev/null -w '%{http_code}' http://127.0.0.1:${localPort}/health`;
      expect(await inventory.hosts.run(host, ask), host).to.equal('503');
    }
  },
};

/** `restarts synapse` and `restarts nerve`, pending there: here neither ends. */
export const zookeeperDown: Drill = {
  title: 'ZooKeeper goes down as a whole',
  set,
  about: 'Neither nerve nor synapse ends, and no registration is lost.',
  quick: true,
  recovers: limits.registryBack,
  play: async (stage) => {
    const from = Date.now();
    await stage.break(membersStopped(stage.inventory.members));
    await stage.requestsPass(200);
    judgeRegistrations(stage, workers, from);
  },
};

/** Skipped there as `this isn't actually true right now`. */
export const memberRestarted: Drill = {
  title: 'a single member of the ensemble is restarted',
  set,
  about: 'nerve does not end, and no registration comes or goes.',
  quick: true,
  cannot: withoutQuorumToSpare,
  play: async (stage) => {
    const [member = ''] = await followersOf(stage.inventory);
    const from = Date.now();
    const restart = await stage.break(thenServing(restarted(member, 'zookeeper')));
    await restart.heal();
    judgeRegistrations(stage, workers, from);
  },
};

export const leaderElection: Drill = {
  title: 'exactly one server with leader election',
  set,
  about: 'Of all instances a proxy has one; when that dies, the next is there.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const consumer = inventory.serviceHosts.at(-1) ?? '';
    await stage.break(leaderElected(consumer, narrow));
    const only = await electedAt(stage, consumer, undefined);
    const host = serviceOf(inventory.outputs, narrow).on.find(
      (one) => serverOf(inventory, narrow, one) === only,
    );
    await stage.break(killedForGood(host ?? '', narrow));
    await electedAt(stage, consumer, only);
  },
};

/** The one server that a proxy has, once it is another one than before. */
async function electedAt(
  stage: Stage,
  consumer: string,
  before: string | undefined,
): Promise<string> {
  let only = '';
  await stage.until('exactly one server', () => {
    const servers = stage.watch.proxies(consumer).at(-1)?.servers ?? {};
    const own = Object.keys(servers).filter((name) => name.startsWith(`${narrow}/`));
    expect(own).to.have.length(1);
    expect(own).to.not.include(before);
    expect(servers[own[0] ?? '']).to.equal('UP');
    only = own[0] ?? '';
  });
  stage.note(`the one server is ${only}`);
  return only;
}
