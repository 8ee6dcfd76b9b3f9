/** Daemons under what befalls them: deaths, full disks, clocks, bad files. */
import { drainedAtNerve } from '../../faults/api.ts';
import { clockAheadS, clockInHand, clockStepped, withoutFaketime } from '../../faults/clock.ts';
import { badConfig, type Mistake, mistakes } from '../../faults/config.ts';
import { diskFull } from '../../faults/disk.ts';
import { frozen, killed, killedForGood, restarted } from '../../faults/process.ts';
import { reloadedByHand, socketRemoved } from '../../faults/proxy.ts';
import { together } from '../../faults/together.ts';
import type { Drill } from '../../harness/drill.ts';
import { limits } from '../../harness/limits.ts';
import { inEveryProxy, nodeGone, nodesOf } from '../../harness/moments.ts';
import { judgeRegistrations } from '../../harness/unchanged.ts';
import { firstOf } from '../../harness/who.ts';
import { expectNerveReady } from '../../support/nerve.ts';
import { echo, secured, workers } from '../catalog/services.ts';
import { comesBack, goesOut } from '../moved.ts';

const withoutProxyMs = 2_000;

export const haproxyKilled: Drill = {
  title: 'HAProxy is killed',
  set: 'production',
  about: 'systemd brings it back with what it knew; only its own host notices, for a moment.',
  quick: true,
  play: async (stage) => {
    const [host = ''] = stage.inventory.serviceHosts;
    const { atMs } = await stage.break(killed(host, 'haproxy'));
    stage.expect({
      // Each start is another process.
      reloads: [host],
      failures: [
        { limit: limits.failedLater, counts: (record) => record.atMs > atMs + withoutProxyMs },
        { limit: limits.failedElsewhere, counts: (record) => record.host !== host },
      ],
    });
    await stage.requestsPass(300);
  },
};

export const haproxyReloaded: Drill = {
  title: 'HAProxy is reloaded by hand, three times',
  set: 'production',
  about: 'No connection is refused and none is cut, those that are held neither.',
  quick: true,
  play: async (stage) => {
    const [host = ''] = stage.inventory.serviceHosts;
    for (let round = 0; round < 3; round += 1) {
      await stage.break(reloadedByHand(host));
      await stage.requestsPass(150);
    }
  },
};

export const haproxySocketRemoved: Drill = {
  title: "HAProxy's socket is removed, and instances leave",
  set: 'production',
  about: 'synapse reaches it through the master: one drained there is asked no more, none is lost.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const [victim = '', host = ''] = inventory.serviceHosts;
    await stage.break(socketRemoved(host));
    const drain = await stage.break(drainedAtNerve(victim, workers));
    await goesOut(stage, limits.leaveToOut, drain.atMs, workers, victim, [host]);
    // Nobody can look there; what it is asked tells.
    const fromAtMs = drain.atMs + limits.leaveToOut.limit;
    stage.isOut({ service: workers, instance: victim, hosts: [host], fromAtMs });
    await stage.requestsPass(300);
    await drain.heal();
    const dead = await stage.break(killedForGood(victim, workers));
    await goesOut(stage, limits.toldCrashToOut, dead.atMs, workers, victim, [host]);
    await stage.requestsPass(300);
  },
};

export const daemonsRestarted: Drill = {
  title: 'nerve and synapse are restarted, host by host',
  set: 'production',
  about: 'An upgrade: no registration comes or goes, no request is lost, nothing is reloaded.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const from = Date.now();
    for (const host of inventory.serviceHosts) {
      await stage.break(restarted(host, 'nerve'));
      await stage.break(restarted(host, 'synapse'));
      await stage.until(`${host} is ready`, async () => {
        await expectNerveReady(inventory.hosts, host);
        await inventory.hosts.run(host, 'curl -sf -m 2 -o /dev/null 127.0.0.1:3210/ready');
      });
    }
    judgeRegistrations(stage, workers, from);
    judgeRegistrations(stage, echo, from);
  },
};

/** For a check of HAProxy's that fails once on a busy machine. */
const momentMs = 5_000;

export const halfExpires: Drill = {
  title: 'half the fleet expires at once',
  set: 'production',
  about: 'Registrations of healthy instances vanish unannounced: they keep their traffic.',
  quick: true,
  play: async (stage) => {
    const [first = '', second = ''] = stage.inventory.serviceHosts;
    const nodes = [first, second].flatMap((host) => nodesOf(stage, workers, host));
    const frozenOnes = [first, second].map((host) => frozen(host, 'nerve'));
    const { atMs } = await stage.break(together('two nerves fall silent', frozenOnes));
    for (const node of nodes) {
      await stage.within(limits.nerveGone, atMs, () => nodeGone(stage, workers, node));
    }
    await stage.requestsPass(200);
    for (const service of [workers, echo, secured]) {
      for (const host of [first, second]) {
        const keeps = (): void => {
          if (inEveryProxy(stage, service, host) === undefined) throw new Error('it is out');
        };
        await stage.until(`${service} on ${host} takes traffic still`, keeps, momentMs);
      }
    }
  },
};

export const fullDisk: Drill = {
  title: 'the disk is full under the daemons, and an instance dies',
  set: 'production',
  about: 'Proxies follow over their sockets; files are whole, and right once there is room.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const [victim = '', host = ''] = inventory.serviceHosts;
    await stage.break(diskFull(host));
    const dead = await stage.break(killedForGood(victim, workers));
    await goesOut(stage, limits.toldCrashToOut, dead.atMs, workers, victim);
    await stage.requestsPass(200);
    await inventory.hosts.run(
      host,
      '/usr/sbin/haproxy -q -c -f /var/lib/smartstack/haproxy/haproxy.cfg',
    );
  },
};

function clockSteps(daemon: 'nerve' | 'synapse', seconds: string): Drill {
  return {
    title: `the clock of ${daemon} steps by ${seconds} s`,
    set: 'production',
    about: 'Nothing depends on the time of day: changes are followed as before.',
    quick: false,
    cannot: (inventory) => withoutFaketime(inventory, firstOf(inventory, workers)),
    play: async (stage) => {
      const { inventory } = stage;
      const host = firstOf(inventory, workers);
      await stage.break(clockInHand(host, daemon));
      await stage.until('all is as before', () => {
        if (nodesOf(stage, workers, host).length === 0) throw new Error('not registered');
      });
      const { atMs } = await stage.break(clockStepped(host, daemon, seconds));
      await stage.requestsPass(250);
      const dead = await stage.break(killedForGood(host, workers));
      await goesOut(stage, limits.toldCrashToOut, dead.atMs, workers, host);
      await stage.until(`${daemon} goes by that clock`, async () => {
        const aheadS = await clockAheadS(inventory, host, daemon);
        if (Math.abs(aheadS - Number(seconds)) > 60) throw new Error(`it is ${aheadS} s ahead`);
      });
      await dead.heal();
      judgeRegistrations(stage, echo, atMs);
    },
  };
}

export const clocksStepped: readonly Drill[] = [
  clockSteps('nerve', '+3600'),
  clockSteps('nerve', '-3600'),
  clockSteps('synapse', '+3600'),
  clockSteps('synapse', '-3600'),
];

export const badConfigPushed: Drill = {
  title: 'bad configuration is pushed to both daemons',
  set: 'production',
  about: 'What runs stays as it is, and changes are followed as before.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const host = firstOf(inventory, workers);
    const push = async (mistake: Mistake, meanwhile: () => Promise<void>): Promise<void> => {
      const synapse = await stage.break(badConfig(host, 'synapse', 'synapse.conf.json', mistake));
      const file = await stage.break(badConfig(host, 'nerve', `nerve.d/${workers}.json`, mistake));
      const main = await stage.break(badConfig(host, 'nerve', 'nerve.conf.json', mistake));
      await meanwhile();
      await main.heal();
      await file.heal();
      await synapse.heal();
    };
    const from = Date.now();
    for (const mistake of mistakes) await push(mistake, () => stage.requestsPass(100));
    judgeRegistrations(stage, workers, from);
    judgeRegistrations(stage, echo, from);
    await push(mistakes[0], async () => {
      const dead = await stage.break(killedForGood(host, workers));
      await goesOut(stage, limits.toldCrashToOut, dead.atMs, workers, host);
      const healedAtMs = await dead.heal();
      await comesBack(stage, healedAtMs, workers, host);
    });
  },
};
