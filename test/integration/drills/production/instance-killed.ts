import { answersAgain, killed } from '../../faults/process.ts';
import type { Drill } from '../../harness/drill.ts';
import { serviceOf } from '../../harness/inventory.ts';
import { limits } from '../../harness/limits.ts';
import { firstOf } from '../../harness/who.ts';
import { echo, secured, workers } from '../catalog/services.ts';
import { comesBack, goesOut } from '../moved.ts';

/** systemd starts it again half a second later. */
function instanceKilled(service: string): Drill {
  return {
    title: `kill -9 of an instance of ${service}`,
    set: 'production',
    about: 'An instance dies and is started again by systemd: no request is lost.',
    quick: true,
    play: async (stage) => {
      const { inventory } = stage;
      const host = firstOf(inventory, service);
      const { atMs } = await stage.break(killed(host, service));
      const { port } = serviceOf(inventory.outputs, service);
      const [answersAtMs] = await Promise.all([
        answersAgain(inventory, host, port),
        goesOut(stage, limits.toldCrashToOut, atMs, service, host),
      ]);
      await comesBack(stage, answersAtMs, service, host);
    },
  };
}

export const instancesKilled: readonly Drill[] = [workers, echo, secured].map(instanceKilled);
