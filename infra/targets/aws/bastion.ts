import { Eip } from '@pulumi/aws/ec2/eip.js';
import * as pulumi from '@pulumi/pulumi';
import { hostCommand } from '../../components/host-command.ts';
import { scriptOf } from '../../components/shell.ts';
import type { JumpHost, Login } from '../host.ts';
import { Machine, type MachineArgs } from './machine.ts';

export interface BastionArgs {
  readonly machine: MachineArgs;
  readonly login: Omit<Login, 'hostKey'>;
}

/** The one machine with an address on the internet: the way to all others, over ssh. */
export class Bastion extends pulumi.ComponentResource {
  /** How to go through it. */
  readonly proxy: JumpHost;
  /** It takes the logins of a whole environment. */
  readonly open: pulumi.Resource;

  constructor(name: string, args: BastionArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('smartstack:aws:Bastion', name, {}, options);
    const machine = new Machine(name, args.machine, { parent: this });
    const address = new Eip(
      `${name}/address`,
      {
        domain: 'vpc',
        networkInterface: machine.networkInterface.id,
        tags: args.machine.tagsOf(name),
      },
      // An address cannot be bound before there is an internet gateway.
      { parent: this, dependsOn: [...args.machine.after] },
    );
    this.proxy = { ...args.login, host: address.publicIp, hostKey: machine.hostKey };
    this.open = hostCommand(
      { name, connection: this.proxy, machine: machine.instance },
      'open',
      { script: scriptOf('open-bastion.sh', {}) },
      { parent: this },
    );
    this.registerOutputs({ address: address.publicIp });
  }
}
