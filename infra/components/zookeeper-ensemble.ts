import type { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { paths } from '../render/paths.ts';
import { hostCommand } from './host-command.ts';
import { ingredientList } from './ingredients.ts';
import { scriptThatSwitches } from './installed-release.ts';
import { scriptOf } from './shell.ts';
import type { ZookeeperMember } from './zookeeper-member.ts';

export interface ZookeeperEnsembleArgs {
  readonly environment: string;
  readonly members: readonly ZookeeperMember[];
  /** Their names; whoever has been in the ensemble longest comes first. */
  readonly bySeniority: readonly string[];
  /** The members as lines of ZooKeeper's dynamic configuration. */
  readonly lines: string;
}

/**
 * The members as a whole:
 *
 *     members started ─► changed: they join and leave ─► rolled: followers, then whoever leads
 *
 * Each step touches one member at a time, and only while the quorum is whole (law 9).
 */
export class ZookeeperEnsemble extends pulumi.ComponentResource {
  /** The ensemble has the members that it shall have. */
  readonly changed: remote.Command;

  constructor(args: ZookeeperEnsembleArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('smartstack:index:ZookeeperEnsemble', args.environment, {}, options);
    this.changed = this.#change(args);
    this.#roll(args.members);
    this.registerOutputs({});
  }

  /**
   * By the member that has been there longest: it has to be in the ensemble to change it. A change
   * that failed halfway is known to no state: the old one goes first, so that whatever is wanted next
   * is done, the members from before it, too.
   */
  #change({ members, bySeniority, lines }: ZookeeperEnsembleArgs): remote.Command {
    const [eldest] = bySeniority.flatMap((name) =>
      members.filter(({ host }) => host.name === name),
    );
    if (eldest === undefined) throw new Error('an ensemble needs a member');
    return hostCommand(
      { ...eldest.host, name: 'ensemble' },
      'membership',
      { script: scriptOf('change-members.sh', {}), stdin: lines, triggers: [lines] },
      { parent: this, dependsOn: members.map(({ started }) => started), deleteBeforeReplace: true },
    );
  }

  /** A changed configuration: first the followers, then whoever leads. */
  #roll(members: readonly ZookeeperMember[]): void {
    let before: pulumi.Resource = this.changed;
    for (const pass of ['followers', 'leader']) {
      for (const { host, ingredients, release } of members) {
        const variables = { PASS: pass, RELEASE: release };
        const script = scriptThatSwitches('roll-member.sh', paths.zookeeper, variables);
        const stdin = ingredientList(ingredients);
        const options = { parent: this, dependsOn: [before] };
        before = hostCommand(host, `roll-${pass}`, { script, stdin }, options);
      }
    }
  }
}
