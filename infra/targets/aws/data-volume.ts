import { Volume } from '@pulumi/aws/ebs/volume.js';
import { VolumeAttachment } from '@pulumi/aws/ec2/volumeAttachment.js';
import * as pulumi from '@pulumi/pulumi';
import type { TagsOf } from './tags.ts';

export interface DataVolumeArgs {
  readonly zone: string;
  readonly sizeGb: number;
  readonly kmsKeyArn: string | undefined;
  readonly instanceId: pulumi.Input<string>;
  readonly whenDown: 'refuse' | 'keep' | 'delete';
  /** A volume that exists, to take over. */
  readonly volumeId: string | undefined;
  readonly tagsOf: TagsOf;
}

/** A disk that outlives the instance it is attached to. */
export class DataVolume extends pulumi.ComponentResource {
  /** Known once it is attached. */
  readonly attachedId: pulumi.Output<string>;

  constructor(name: string, args: DataVolumeArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('smartstack:aws:DataVolume', name, {}, options);
    const { kmsKeyArn, whenDown, volumeId, tagsOf } = args;
    const volume = new Volume(
      `${name}/data`,
      {
        availabilityZone: args.zone,
        size: args.sizeGb,
        type: 'gp3',
        encrypted: true,
        ...(kmsKeyArn === undefined ? {} : { kmsKeyId: kmsKeyArn }),
        tags: tagsOf(`${name} data`),
      },
      {
        parent: this,
        protect: whenDown === 'refuse',
        retainOnDelete: whenDown !== 'delete',
        // Another key would take another, empty, volume.
        ignoreChanges: ['kmsKeyId'],
        ...(volumeId === undefined ? {} : { import: volumeId }),
      },
    );
    const attachment = new VolumeAttachment(
      `${name}/data-attachment`,
      {
        volumeId: volume.id,
        instanceId: args.instanceId,
        deviceName: '/dev/sdf',
        // A volume that is mounted does not let go: the instance goes down in order first.
        stopInstanceBeforeDetaching: true,
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.attachedId = attachment.volumeId;
    this.registerOutputs({ attachedId: this.attachedId });
  }
}
