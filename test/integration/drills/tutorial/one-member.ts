/** The tutorial's first steps: with one of each, nothing else can help. */
import { killedForGood, stopped } from '../../faults/process.ts';
import { registryPassword } from '../../faults/registry-password.ts';
import { broughtUp } from '../../faults/up.ts';
import { membersStopped, thenServing } from '../../faults/zookeeper.ts';
import type { Drill, Stage } from '../../harness/drill.ts';
import { limits } from '../../harness/limits.ts';
import { judgeRegistrations } from '../../harness/unchanged.ts';
import { firstOf } from '../../harness/who.ts';
import { registryShell } from '../../support/registry-shell.ts';
import { echo, secured, workers } from '../catalog/services.ts';
import { goesOut } from '../moved.ts';
import { joinAndLeave } from '../production/members.ts';
import { nerveKilledAndBack, nerveKilledForGood } from './daemons.ts';

const set = 'tutorial';
const prefix = 'one ZooKeeper, one instance';
const common = { set, quick: false } as const;

/** The only instance is gone on purpose. */
function outage(stage: Stage, services: readonly string[]): void {
  stage.expect({ mayFail: ({ service }) => services.includes(service) });
}

const serviceCrashes: Drill = {
  ...common,
  title: `${prefix}: the service crashes`,
  about: 'It leaves registry and proxy, and is found again when it is back.',
  recovers: limits.backIn,
  play: async (stage) => {
    const host = firstOf(stage.inventory, workers);
    outage(stage, [workers]);
    const { atMs } = await stage.break(killedForGood(host, workers));
    await goesOut(stage, limits.toldCrashToOut, atMs, workers, host);
    await stage.requestsPass(40);
  },
};

const zookeeperCrashes: Drill = {
  ...common,
  title: `${prefix}: ZooKeeper crashes and stays away`,
  about: 'Neither daemon ends, no request is lost, no registration comes or goes.',
  recovers: limits.registryBack,
  play: async (stage) => {
    const from = Date.now();
    const [member = ''] = stage.inventory.members;
    await stage.break(thenServing(killedForGood(member, 'zookeeper')));
    await stage.requestsPass(300);
    judgeRegistrations(stage, workers, from);
  },
};

const zookeeperStops: Drill = {
  ...common,
  title: `${prefix}: ZooKeeper is stopped and started`,
  about: 'All is right by itself when it returns.',
  recovers: limits.registryBack,
  play: async (stage) => {
    await stage.break(membersStopped(stage.inventory.members));
    await stage.requestsPass(100);
  },
};

const synapseCrashes: Drill = {
  ...common,
  title: `${prefix}: synapse crashes`,
  about: 'HAProxy goes on with what it knew.',
  play: async (stage) => {
    await stage.break(killedForGood(firstOf(stage.inventory, workers), 'synapse'));
    await stage.requestsPass(100);
  },
};

const nerveStops: Drill = {
  ...common,
  title: `${prefix}: nerve is stopped gracefully`,
  about: 'It announces that its instances leave: nobody is asked who said so.',
  recovers: limits.backIn,
  play: async (stage) => {
    const host = firstOf(stage.inventory, workers);
    outage(stage, [workers, echo, secured, 'service_a']);
    const { atMs } = await stage.break(stopped(host, 'nerve'));
    await goesOut(stage, limits.leaveToOut, atMs, workers, host);
  },
};

const membersJoin: Drill = {
  ...common,
  title: `${prefix}: two members join ZooKeeper, and leave again`,
  about: 'By changing the catalog: no request is lost, no registration comes or goes.',
  play: async (stage) => {
    const from = Date.now();
    const growth = broughtUp({
      what: 'two members join',
      hosts: ['zookeeper2', 'zookeeper3'],
      catalog: 'one-member-grown.ts',
      back: ['one-member.ts'],
    });
    await joinAndLeave(stage, growth, { before: [11], grown: [11, 12, 13] });
    judgeRegistrations(stage, workers, from);
  },
};

const [first, second] = ['a first password', 'another password'];

const passwordChanges: Drill = {
  ...common,
  title: `${prefix}: the registry gets a password, and another one`,
  about: 'Strangers cannot write any more; no request is lost, no registration comes or goes.',
  play: async (stage) => {
    const { hosts, members, serviceHosts, outputs } = stage.inventory;
    const [member = ''] = members;
    const { atMs, heal } = await stage.break(
      registryPassword({
        what: 'a password, and its change',
        hosts: serviceHosts,
        steps: [{ current: first }, { current: second, before: first }, { current: second }],
        back: [{ before: second }, {}],
        catalog: 'test/integration/drills/catalog/one-member.ts',
      }),
    );
    const write = `echo 'create /${outputs.environment}/stranger' | ${registryShell}`;
    const said = await hosts.run(member, `${write} 2>&1 || true`);
    if (!/NoAuth|Insufficient permission/i.test(said)) throw new Error(`a stranger wrote: ${said}`);
    await heal();
    judgeRegistrations(stage, workers, atMs);
  },
};

const again = (drill: Drill): Drill => ({
  ...drill,
  ...common,
  title: `${prefix}: ${drill.title}`,
});

export const oneMemberDrills: readonly Drill[] = [
  serviceCrashes,
  zookeeperCrashes,
  zookeeperStops,
  synapseCrashes,
  nerveStops,
  again(nerveKilledAndBack),
  again(nerveKilledForGood),
  membersJoin,
  passwordChanges,
];
