/** A service crashes, or says that it is not well. */
import { killedForGood } from '../../faults/process.ts';
import { unhealthy } from '../../faults/worker.ts';
import type { Drill } from '../../harness/drill.ts';
import { serverOf } from '../../harness/inventory.ts';
import { limits } from '../../harness/limits.ts';
import { nodeGone, nodesOf } from '../../harness/moments.ts';
import { firstOf, withoutTutorial } from '../../harness/who.ts';
import { workers } from '../catalog/services.ts';
import { goesOut } from '../moved.ts';

export const serviceCrashed: Drill = {
  title: 'a service crashes and stays down',
  set: 'tutorial',
  about: 'Its registration goes, all proxies leave it, no request to the other instance is lost.',
  quick: true,
  cannot: withoutTutorial,
  recovers: limits.backIn,
  play: async (stage) => {
    const host = firstOf(stage.inventory, 'service_a');
    const [node = ''] = nodesOf(stage, 'service_a', host);
    const { atMs } = await stage.break(killedForGood(host, 'service_a'));
    await goesOut(stage, limits.toldCrashToOut, atMs, 'service_a', host);
    const gone = await stage.within(limits.toldCrashToOut, atMs, () =>
      nodeGone(stage, 'service_a', node),
    );
    stage.times({ detectedMs: gone });
    await stage.requestsPass(100);
  },
};

export const notFoundOnHealth: Drill = {
  title: 'a service runs and answers 404 on /health',
  set: 'tutorial',
  about: 'It is out although it answers, and in again once it says that it is well.',
  quick: true,
  recovers: limits.backIn,
  play: async (stage) => {
    const host = firstOf(stage.inventory, workers);
    const { atMs } = await stage.break(unhealthy(host, 404));
    await goesOut(stage, limits.crashToOut, atMs, workers, host);
    stage.note(`${serverOf(stage.inventory, workers, host)} is out`);
  },
};

export const serviceBCallsServiceA: Drill = {
  title: 'service_b calls service_a while its instances die in turn',
  set: 'tutorial',
  about: 'A service that asks another through its own proxy never notices.',
  quick: true,
  cannot: withoutTutorial,
  play: async (stage) => {
    for (const host of stage.inventory.outputs.services.service_a?.on ?? []) {
      const fault = await stage.break(killedForGood(host, 'service_a'));
      await goesOut(stage, limits.toldCrashToOut, fault.atMs, 'service_a', host);
      await stage.requestsPass(60);
      await fault.heal();
      await stage.until('it is back', () => {
        if (nodesOf(stage, 'service_a', host).length === 0) throw new Error('not registered');
      });
      await stage.requestsPass(60);
    }
  },
};
