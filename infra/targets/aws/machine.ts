import { Instance } from '@pulumi/aws/ec2/instance.js';
import { NetworkInterface } from '@pulumi/aws/ec2/networkInterface.js';
import { local } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { hostKeyCommand, hostKeyIn } from './host-key.ts';
import type { MachinePlan } from './host-plan.ts';
import type { TagsOf } from './tags.ts';

export interface MachineArgs {
  readonly plan: MachinePlan;
  readonly subnetId: pulumi.Input<string>;
  /** A fixed private address; one of AWS's choice, as fixed, where it matters to nobody. */
  readonly address: string | undefined;
  readonly securityGroupIds: readonly pulumi.Input<string>[];
  readonly imageId: string;
  readonly keyName: pulumi.Input<string>;
  readonly instanceProfile: pulumi.Input<string> | undefined;
  readonly kmsKeyArn: string | undefined;
  readonly region: string;
  readonly profile: string | undefined;
  /** Made anew when the image or the key is another one; else it keeps those it was made with. */
  readonly renew: boolean;
  /** What it takes to boot and to be reached: routes and rules. */
  readonly after: readonly pulumi.Resource[];
  readonly tagsOf: TagsOf;
}

/**
 * What AWS changes only by making a machine anew. Pulumi keeps what the state has of it, also where the
 * machine is replaced: by then the image or the key may be gone, and nothing could be launched.
 */
const kept = ['ami', 'keyName', 'rootBlockDevice.kmsKeyId'] as const;

/**
 * An instance behind a network interface that outlives it: whatever replaces the instance has its
 * address. It has no public one, and its metadata is for those who ask twice (IMDSv2).
 *
 * Made once, it stays: a newer image or another key in the configuration are for new machines, and
 * for those that are to be renewed.
 */
export class Machine extends pulumi.ComponentResource {
  readonly instance: Instance;
  readonly networkInterface: NetworkInterface;
  /** As the instance itself printed it on its console; `ssh-ed25519 AAAA…`. */
  readonly hostKey: pulumi.Output<string>;

  constructor(name: string, args: MachineArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('smartstack:aws:Machine', name, {}, options);
    this.networkInterface = this.#networkInterface(name, args);
    this.instance = this.#instance(name, args);
    this.hostKey = this.#hostKey(name, args);
    this.registerOutputs({ hostKey: this.hostKey });
  }

  #networkInterface(name: string, args: MachineArgs): NetworkInterface {
    return new NetworkInterface(
      `${name}/interface`,
      {
        subnetId: args.subnetId,
        ...(args.address === undefined ? {} : { privateIps: [args.address] }),
        securityGroups: [...args.securityGroupIds],
        sourceDestCheck: true,
        description: name,
        tags: args.tagsOf(name),
      },
      { parent: this, deleteBeforeReplace: true },
    );
  }

  #instance(name: string, args: MachineArgs): Instance {
    const { plan, imageId, keyName, instanceProfile, kmsKeyArn, tagsOf, after } = args;
    return new Instance(
      `${name}/machine`,
      {
        ami: imageId,
        instanceType: plan.type,
        keyName,
        ...(instanceProfile === undefined ? {} : { iamInstanceProfile: instanceProfile }),
        primaryNetworkInterface: { networkInterfaceId: this.networkInterface.id },
        metadataOptions: {
          httpEndpoint: 'enabled',
          httpTokens: 'required',
          httpPutResponseHopLimit: 1,
          instanceMetadataTags: 'disabled',
        },
        rootBlockDevice: {
          encrypted: true,
          ...(kmsKeyArn === undefined ? {} : { kmsKeyId: kmsKeyArn }),
          volumeType: 'gp3',
          volumeSize: plan.rootGb,
          deleteOnTermination: true,
          tags: tagsOf(`${name} root`),
        },
        // `poweroff` on the host is no order to throw it away.
        instanceInitiatedShutdownBehavior: 'stop',
        tags: tagsOf(name),
      },
      {
        parent: this,
        dependsOn: [...after],
        // The interface is attached to one instance at a time.
        deleteBeforeReplace: true,
        ignoreChanges: args.renew ? [] : [...kept],
      },
    );
  }

  /** AWS vouches for it: nobody in between can show another. Read once in an instance's life. */
  #hostKey(name: string, { region, profile }: MachineArgs): pulumi.Output<string> {
    const reading = new local.Command(
      `${name}/host-key`,
      {
        ...hostKeyCommand,
        environment: {
          AWS_REGION: region,
          ...(profile === undefined ? {} : { AWS_PROFILE: profile }),
          INSTANCE: this.instance.id,
        },
        triggers: [this.instance.id],
      },
      { parent: this, customTimeouts: { create: '10m' } },
    );
    return reading.stdout.apply(hostKeyIn);
  }
}
