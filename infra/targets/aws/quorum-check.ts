import { createHash } from 'node:crypto';
import { remote } from '@pulumi/command';
import type * as pulumi from '@pulumi/pulumi';
import { asRoot, scriptOf } from '../../components/shell.ts';
import type { Connection } from '../host.ts';
import type { HostPlan } from './host-plan.ts';
import type { MachineArgs } from './machine.ts';

export interface QuorumCheckArgs {
  readonly plan: HostPlan;
  readonly machine: Pick<MachineArgs, 'renew' | 'imageId' | 'kmsKeyArn'>;
  /** With which the machine is made. */
  readonly publicKey: string;
  /** Another member, which serves; none where the member is new, or alone. */
  readonly witness: Connection | undefined;
}

/**
 * Before the machine of a member is stopped or made anew: whether the others are a whole quorum (law 9),
 * asked on one of them. The machine depends on it.
 *
 * It bears the name of the machine that is to be, so that it is made, and asks, when that changes. All
 * else is ignored: what was asked once is not asked again because the other member has another key, or
 * because a member that was new then has been there for long.
 */
export function quorumCheck(
  args: QuorumCheckArgs,
  options: pulumi.CustomResourceOptions,
): remote.Command {
  const { plan, witness } = args;
  const script = scriptOf('await-others.sh', { MEMBER: `${plan.id}` });
  return new remote.Command(
    `${plan.name}/may-stop/${nameOf(args)}`,
    {
      // Without a command, the provider logs in nowhere.
      connection: witness ?? { host: plan.address },
      ...(witness === undefined ? {} : { create: asRoot(script) }),
      addPreviousOutputInEnv: false,
      logging: remote.Logging.Stderr,
    },
    { ...options, ignoreChanges: ['connection', 'create'] },
  );
}

/** Of the machine: as long as it is the same, nothing stops it. */
function nameOf({ plan, machine, publicKey }: QuorumCheckArgs): string {
  if (!machine.renew) return plan.type;
  const parts = [machine.imageId, machine.kmsKeyArn, publicKey];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `${plan.type}/${digest.slice(0, 8)}`;
}
