/** nerve and synapse stop, crash, and are gone for good. */
import { killed, killedForGood, stopped } from '../../faults/process.ts';
import type { Drill } from '../../harness/drill.ts';
import { limits } from '../../harness/limits.ts';
import { nodeGone, nodesOf } from '../../harness/moments.ts';
import { judgeRegistrations } from '../../harness/unchanged.ts';
import { firstOf } from '../../harness/who.ts';
import { expectNerveReady } from '../../support/nerve.ts';
import { workers } from '../catalog/services.ts';
import { comesBack, goesOut } from '../moved.ts';

export const synapseCrashed: Drill = {
  title: 'synapse crashes and stays down while an instance dies',
  set: 'tutorial',
  about: 'HAProxy goes on with what it knows; its own checks avoid the dead instance.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const [victim = '', other = ''] = inventory.serviceHosts;
    await stage.break(killedForGood(other, 'synapse'));
    const { atMs } = await stage.break(killedForGood(victim, workers));
    // Where synapse is gone, the first request that meets it makes HAProxy look.
    await goesOut(stage, limits.toldCrashToOut, atMs, workers, victim);
    await stage.requestsPass(200);
  },
};

export const nerveStopped: Drill = {
  title: 'nerve is stopped gracefully',
  set: 'tutorial',
  about: 'It announces that its instances leave: all proxies let go of them at once.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const host = firstOf(inventory, workers);
    // service_b has one instance: it is where nobody stops nerve.
    const fault = await stage.break(stopped(host, 'nerve'));
    await goesOut(stage, limits.leaveToOut, fault.atMs, workers, host);
    const from = await fault.heal();
    await comesBack(stage, from, workers, host);
  },
};

export const nerveKilledAndBack: Drill = {
  title: 'nerve is killed and back in time',
  set: 'tutorial',
  about: 'The next nerve takes the session over: no registration comes or goes.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const host = firstOf(inventory, workers);
    const fault = await stage.break(killed(host, 'nerve'));
    await stage.until('nerve is ready', () => expectNerveReady(inventory.hosts, host));
    stage.times({ detectedMs: Date.now() - fault.atMs });
    await stage.requestsPass(120);
    judgeRegistrations(stage, workers, fault.atMs);
  },
};

export const nerveKilledForGood: Drill = {
  title: 'nerve is killed and stays away',
  set: 'tutorial',
  about: 'Its registrations go after the session time-out; its healthy instances lose no request.',
  quick: true,
  recovers: limits.backIn,
  play: async (stage) => {
    const host = firstOf(stage.inventory, workers);
    const [node = ''] = nodesOf(stage, workers, host);
    const { atMs } = await stage.break(killedForGood(host, 'nerve'));
    const gone = await stage.within(limits.nerveGone, atMs, () => nodeGone(stage, workers, node));
    stage.times({ detectedMs: gone });
    await stage.requestsPass(100);
  },
};
