/** A service is changed in the catalog, and `up` brings that to one host after the other. */
import { deployed } from '../../faults/deploy.ts';
import type { Drill, Stage } from '../../harness/drill.ts';
import { serviceOf } from '../../harness/inventory.ts';
import { type Run, succeeded } from '../../support/stack.ts';
import { workers } from '../catalog/services.ts';

function hostsOf({ inventory }: Stage): readonly string[] {
  return serviceOf(inventory.outputs, workers).on;
}

function changedByUp(what: string, catalog: string): Drill {
  return {
    title: `a service gets ${what} by up, and back`,
    set: 'production',
    about: 'One instance after the other is started anew, each once the one before is back.',
    quick: true,
    play: async (stage) => {
      const change = { what, service: workers, hosts: hostsOf(stage), catalog };
      const { heal } = await stage.break(deployed({ ...change, ended: succeeded }));
      await stage.requestsPass(100);
      await heal();
    },
  };
}

const badVersion: Drill = {
  title: 'a service gets a version by up that does not answer',
  set: 'production',
  about: 'It ends at the first host: the others keep theirs, and answer all requests.',
  quick: false,
  play: async (stage) => {
    const hosts = hostsOf(stage);
    const [first = ''] = hosts;
    const ended = ({ status, output }: Run): void => {
      const said = /^.*is not registered again.*$/m.exec(output)?.[0];
      if (status === 0 || said === undefined) throw new Error(`not refused:\n${output}`);
      stage.note(said);
    };
    const what = 'a version that does not answer';
    const change = { what, service: workers, hosts: [first], catalog: 'worker-broken.ts' };
    await stage.break(deployed({ ...change, ended }));
    await stage.requestsPass(100);
  },
};

export const deploys: readonly Drill[] = [
  changedByUp('another version', 'worker-deployed.ts'),
  changedByUp('another port', 'worker-moved.ts'),
  badVersion,
];
