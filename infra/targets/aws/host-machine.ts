import * as pulumi from '@pulumi/pulumi';
import { hostCommand } from '../../components/host-command.ts';
import { scriptOf } from '../../components/shell.ts';
import { paths } from '../../render/paths.ts';
import type { Connection, HostArch, JumpHost, Login, TargetHost } from '../host.ts';
import { DataVolume, type DataVolumeArgs } from './data-volume.ts';
import type { HostPlan } from './host-plan.ts';
import { Machine, type MachineArgs } from './machine.ts';

export interface HostMachineArgs {
  readonly plan: HostPlan;
  readonly machine: MachineArgs;
  readonly login: Omit<Login, 'hostKey'>;
  readonly privateKeyPath: string;
  /** A bastion to go through. */
  readonly proxy: JumpHost | undefined;
  readonly bastionArch: HostArch | undefined;
  /** Of a member of the ensemble. */
  readonly data: Omit<DataVolumeArgs, 'zone' | 'instanceId'> | undefined;
}

/**
 * A machine as a host of the catalog:
 *
 *     machine ─► booted ─► [volume ─► mounted ─► serves] ─► whatever is installed on it
 *
 * What is in brackets, a member of the ensemble has.
 */
export class HostMachine extends pulumi.ComponentResource {
  readonly host: TargetHost;
  /** In place: with a member, the ensemble can do without another one for a while. */
  readonly settled: readonly pulumi.Resource[];

  constructor(args: HostMachineArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { plan, login, proxy, privateKeyPath } = args;
    super('smartstack:aws:HostMachine', plan.name, {}, options);
    const machine = new Machine(plan.name, args.machine, { parent: this });
    const connection: Connection = {
      ...login,
      host: plan.address,
      hostKey: machine.hostKey,
      ...(proxy === undefined ? {} : { proxy }),
    };
    const { name, address, arch, zone, type: machineType } = plan;
    const bare = { name, address, arch, zone, machineType, connection, privateKeyPath };
    const reachable = { ...bare, machine: machine.instance };
    this.settled = this.#settle(args, reachable, machine.instance.id);
    const bastion = args.bastionArch === undefined ? {} : { bastionArch: args.bastionArch };
    this.host = { ...reachable, ...bastion, ready: this.settled };
    this.registerOutputs({});
  }

  #settle(
    { plan, data }: HostMachineArgs,
    host: TargetHost,
    instanceId: pulumi.Output<string>,
  ): readonly pulumi.Resource[] {
    // A type that changes stops and starts the machine.
    const stdin = `${plan.type}\n`;
    const script = scriptOf('await-boot.sh', {});
    const booted = hostCommand(host, 'booted', { script, stdin }, { parent: this });
    if (data === undefined) return [booted];
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
    return [serves];
  }
}

const place = { FOLDER: paths.zookeeperState, UNIT: 'zookeeper.service' } as const;
