import * as pulumi from '@pulumi/pulumi';
import { hostCommand } from './host-command.ts';
import { ingredientList } from './ingredients.ts';
import { scriptOf } from './shell.ts';
import type { ZookeeperMember } from './zookeeper-member.ts';

export interface ZookeeperEnsembleArgs {
  readonly environment: string;
  readonly members: readonly ZookeeperMember[];
}

/**
 * The members as a whole. A changed configuration is rolled out one member at a time: first the
 * followers, then whoever leads, each only while the quorum is whole (law 9).
 */
export class ZookeeperEnsemble extends pulumi.ComponentResource {
  constructor(args: ZookeeperEnsembleArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('smartstack:index:ZookeeperEnsemble', args.environment, {}, options);
    const { members } = args;
    const addresses = members.map(({ host }) => host.address).join(' ');
    let before: readonly pulumi.Resource[] = members.map(({ started }) => started);
    for (const pass of ['followers', 'leader']) {
      for (const { host, ingredients } of members) {
        const script = scriptOf('roll-member.sh', { MEMBERS: addresses, PASS: pass });
        const stdin = ingredientList(ingredients);
        before = [
          hostCommand(
            host,
            `roll-${pass}`,
            { script, stdin },
            { parent: this, dependsOn: [...before] },
          ),
        ];
      }
    }
    this.registerOutputs({});
  }
}
