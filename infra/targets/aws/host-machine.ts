import type { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { hostCommand } from '../../components/host-command.ts';
import { scriptOf } from '../../components/shell.ts';
import { paths } from '../../render/paths.ts';
import type { Connection, HostArch, JumpHost, Login, TargetHost } from '../host.ts';
import { DataVolume, type DataVolumeArgs } from './data-volume.ts';
import type { HostPlan } from './host-plan.ts';
import { Machine, type MachineArgs } from './machine.ts';
import { type QuorumCheckArgs, quorumCheck } from './quorum-check.ts';

export interface HostMachineArgs {
  readonly plan: HostPlan;
  readonly machine: MachineArgs;
  readonly login: Omit<Login, 'hostKey'>;
  readonly privateKeyPath: string;
  /** A bastion to go through. */
  readonly proxy: JumpHost | undefined;
  readonly bastionArch: HostArch | undefined;
  /** Of a member of the ensemble. */
  readonly mayStop: Omit<QuorumCheckArgs, 'plan' | 'machine'> | undefined;
  readonly data: Omit<DataVolumeArgs, 'zone' | 'instanceId'> | undefined;
}

/**
 * A machine as a host of the catalog:
 *
 *     [may stop] ─► machine ─► booted ─► [volume ─► mounted ─► serves] ─► whatever is installed on it
 *                                                                     └─► (services serve) ─► the next
 *
 * What is in brackets, a member of the ensemble has; what is in parentheses, a host of services.
 */
export class HostMachine extends pulumi.ComponentResource {
  readonly host: TargetHost;
  /** In place, as what runs on it is: the environment can do without another one for a while. */
  readonly settled: readonly pulumi.Resource[];

  constructor(args: HostMachineArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { plan, login, proxy, privateKeyPath } = args;
    super('smartstack:aws:HostMachine', plan.name, {}, options);
    const machine = this.#machine(args);
    const connection: Connection = {
      ...login,
      host: plan.address,
      hostKey: machine.hostKey,
      ...(proxy === undefined ? {} : { proxy }),
    };
    const { name, address, arch, zone } = plan;
    const bare = { name, address, arch, zone, connection, privateKeyPath };
    const reachable = { ...bare, machine: machine.instance };
    const ready = this.#prepare(args, reachable, machine.instance.id);
    const settled = this.#settle(plan, reachable, ready);
    this.settled = [settled];
    const bastion = args.bastionArch === undefined ? {} : { bastionArch: args.bastionArch };
    // A run that fails before tells nothing of it: to the next one, this machine still changes.
    const machineType = settled.stdout.apply(() => plan.type);
    this.host = { ...reachable, ...bastion, machineType, ready: [ready] };
    this.registerOutputs({});
  }

  #machine({ plan, machine, mayStop }: HostMachineArgs): Machine {
    if (mayStop === undefined) return new Machine(plan.name, machine, { parent: this });
    const options = { parent: this, dependsOn: [...machine.after] };
    const after = [...machine.after, quorumCheck({ plan, machine, ...mayStop }, options)];
    return new Machine(plan.name, { ...machine, after }, { parent: this });
  }

  #prepare(
    { plan, data }: HostMachineArgs,
    host: TargetHost,
    instanceId: pulumi.Output<string>,
  ): remote.Command {
    const stdin = stdinOf(plan);
    const script = scriptOf('await-boot.sh', {});
    const booted = hostCommand(host, 'booted', { script, stdin }, { parent: this });
    if (data === undefined) return booted;
    const volume = new DataVolume(
      plan.name,
      { ...data, zone: plan.zone, instanceId },
      { parent: this },
    );
    const mounted = hostCommand(
      host,
      'data-mounted',
      {
        script: scriptOf('mount-data.sh', { ...place, DISKS: '/dev/disk/by-id' }),
        undo: scriptOf('unmount-data.sh', place),
        stdin: pulumi.interpolate`${volume.attachedId} ${data.sizeGb}\n`,
      },
      { parent: this, dependsOn: [booted] },
    );
    const serves = hostCommand(
      host,
      'serves',
      { script: scriptOf('await-member.sh', {}), stdin },
      { parent: this, dependsOn: [mounted] },
    );
    return serves;
  }

  /** What the host itself need not wait for: a mended service may be among what it is to get. */
  #settle(plan: HostPlan, host: TargetHost, ready: remote.Command): remote.Command {
    if (!plan.roles.includes('service')) return ready;
    const script = scriptOf('await-services.sh', {});
    const options = { parent: this, dependsOn: [ready] };
    return hostCommand(host, 'services-serve', { script, stdin: stdinOf(plan) }, options);
  }
}

/** A type that changes stops and starts the machine. */
function stdinOf({ type }: HostPlan): string {
  return `${type}\n`;
}

const place = { FOLDER: paths.zookeeperState, UNIT: 'zookeeper.service' } as const;
