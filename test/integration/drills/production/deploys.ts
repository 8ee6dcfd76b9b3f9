/** A service is changed in the catalog, and `up` brings that to one host after the other. */
import type { Fault } from '../../faults/fault.ts';
import { broughtUp, type CatalogChange } from '../../faults/up.ts';
import type { Drill, Stage } from '../../harness/drill.ts';
import { serviceOf } from '../../harness/inventory.ts';
import { workers } from '../catalog/services.ts';
import { refusedFor } from './refused-up.ts';
import { succeedsOn, thereAndBack } from './there-and-back.ts';

function hostsOf({ inventory }: Stage): readonly string[] {
  return serviceOf(inventory.outputs, workers).on;
}

/** One that starts the service anew on these hosts. */
function deployed(
  hosts: readonly string[],
  change: Pick<CatalogChange, 'what' | 'catalog' | 'ended'>,
): Fault {
  const restarts = hosts.map((host) => ({ host, unit: workers }));
  return broughtUp({ ...change, hosts, restarts });
}

/** `shows` is a command that succeeds on a host with the change. */
function changedByUp(what: string, catalog: string, shows: string): Drill {
  return {
    title: `a service gets ${what} by up, and back`,
    set: 'production',
    about: 'One instance after the other is started anew, each once the one before is back.',
    quick: true,
    play: async (stage) => {
      const on = hostsOf(stage);
      const change = deployed(on, { what: `an up with ${what}`, catalog });
      await thereAndBack(stage, change, () => succeedsOn(stage, on, shows));
    },
  };
}

const badVersion: Drill = {
  title: 'a service gets a version by up that does not answer',
  set: 'production',
  about: 'It ends at the first host: the others keep theirs, and answer all requests.',
  quick: false,
  play: async (stage) => {
    const [first = ''] = hostsOf(stage);
    const ended = refusedFor(stage, /is not registered again/);
    const what = 'an up with a version that does not answer';
    await stage.break(deployed([first], { what, catalog: 'worker-broken.ts', ended }));
    await stage.requestsPass(100);
  },
};

export const deploys: readonly Drill[] = [
  changedByUp(
    'another version',
    'worker-deployed.ts',
    `grep -qz '^VERSION=next$' /proc/$(systemctl show -P MainPID ${workers})/environ`,
  ),
  changedByUp('another port', 'worker-moved.ts', 'curl -sf -m 2 -o /dev/null 127.0.0.1:8511/ping'),
  badVersion,
];
