import type { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { paths } from '../render/paths.ts';
import { quorumTls } from '../render/zookeeper-tls.ts';
import { hostCommand } from './host-command.ts';
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
  /** Whether members speak TLS among themselves; `undefined` where the catalog says nothing of it. */
  readonly tls?: boolean | undefined;
  /** What else must be done before the members change. */
  readonly after?: readonly pulumi.Resource[];
}

/**
 * The members as a whole:
 *
 *     members reachable ─► changed: they join and leave ─► rolled: followers, then whoever leads
 *
 * Where the catalog tells of TLS they are rolled three times: it comes and goes in three steps. Each
 * step touches one member at a time, and only while the quorum is whole (law 9).
 */
export class ZookeeperEnsemble extends pulumi.ComponentResource {
  /** The ensemble has the members that it shall have. */
  readonly changed: remote.Command;
  /** All of its members run on what they shall. */
  readonly rolled: remote.Command;

  constructor(args: ZookeeperEnsembleArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('smartstack:index:ZookeeperEnsemble', args.environment, {}, options);
    this.changed = this.#change(args);
    this.rolled = this.#roll(args);
    this.registerOutputs({});
  }

  /**
   * By the member that has been there longest: it has to be in the ensemble to change it. A change
   * that failed halfway is known to no state: the old one goes first, so that whatever is wanted next
   * is done, the members from before it, too.
   */
  #change({ members, bySeniority, lines, after = [] }: ZookeeperEnsembleArgs): remote.Command {
    const [eldest] = bySeniority.flatMap((name) =>
      members.filter(({ host }) => host.name === name),
    );
    if (eldest === undefined) throw new Error('an ensemble needs a member');
    return hostCommand(
      { ...eldest.host, name: 'ensemble' },
      'membership',
      {
        script: scriptOf('change-members.sh', { RELEASE: eldest.release }),
        ...{ stdin: lines, triggers: [lines] },
      },
      {
        parent: this,
        dependsOn: [...members.map(({ reachable }) => reachable), ...after],
        deleteBeforeReplace: true,
      },
    );
  }

  /**
   * A changed configuration, or another step of TLS: first the followers, then whoever leads. With TLS,
   * whatever is done anew, all that comes after it is, too, and what failed is known to no state: from
   * any place at which an `up` ended, the next one finds its way, to either side.
   */
  #roll({ members, tls }: ZookeeperEnsembleArgs): remote.Command {
    let before = this.changed;
    for (const { name, atLeast, atMost } of turnsOf(tls)) {
      for (const pass of ['followers', 'leader']) {
        const range = { AT_LEAST: `${atLeast}`, AT_MOST: `${atMost}` };
        for (const { host, ingredients, release, written } of members) {
          const script = scriptThatSwitches('roll-member.sh', paths.zookeeper, {
            ...{ PASS: pass, RELEASE: release },
            ...range,
          });
          const options = { parent: this, dependsOn: [before] };
          const what = `${name}-${pass}`;
          const roll = { script, written };
          before =
            tls === undefined
              ? hostCommand(host, what, { ...roll, stdin: ingredients }, options)
              : hostCommand(
                  host,
                  what,
                  {
                    ...roll,
                    stdin: pulumi.interpolate`${ingredients}after ${before.stdout}\n`,
                    triggers: [`TLS ${tls ? 'on' : 'off'}`],
                  },
                  { ...options, deleteBeforeReplace: true },
                );
        }
      }
    }
    return before;
  }
}

interface Turn {
  readonly name: string;
  /** How far a member is with TLS after it. */
  readonly atLeast: number;
  readonly atMost: number;
}

/** Members that have had a turn and members that have not understand each other. */
function turnsOf(tls: boolean | undefined): readonly Turn[] {
  const { none, taken, spoken, only } = quorumTls;
  const last = (level: number): Turn => ({ name: 'roll', atLeast: level, atMost: level });
  if (tls === undefined) return [last(none)];
  if (tls) {
    return [
      { name: 'roll-tls-1', atLeast: taken, atMost: only },
      { name: 'roll-tls-2', atLeast: spoken, atMost: only },
      last(only),
    ];
  }
  return [
    { name: 'roll-tls-1', atLeast: none, atMost: spoken },
    { name: 'roll-tls-2', atLeast: none, atMost: taken },
    last(none),
  ];
}
