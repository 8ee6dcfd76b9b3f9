import { InstanceProfile } from '@pulumi/aws/iam/instanceProfile.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import * as pulumi from '@pulumi/pulumi';
import type { TagsOf } from './tags.ts';

export interface DiscoveryProfileArgs {
  readonly region: string;
  readonly tagsOf: TagsOf;
}

/** Lets synapse find instances by their tags (`ec2tag`) in its region, and nothing else. */
export class DiscoveryProfile extends pulumi.ComponentResource {
  /** Of the instance profile. */
  readonly name: pulumi.Output<string>;

  constructor(
    name: string,
    { region, tagsOf }: DiscoveryProfileArgs,
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super('smartstack:aws:DiscoveryProfile', name, {}, options);
    const parent = { parent: this };
    const tags = tagsOf('discovery');
    const role = new Role(
      'smartstack-discovery',
      { assumeRolePolicy: JSON.stringify(trust), description: 'Finds instances by tag', tags },
      parent,
    );
    new RolePolicy(
      'smartstack-discovery-policy',
      { role: role.name, policy: JSON.stringify(permissions(region)) },
      parent,
    );
    const profile = new InstanceProfile(
      'smartstack-discovery-profile',
      { role: role.name, tags },
      parent,
    );
    this.name = profile.name;
    this.registerOutputs({ name: this.name });
  }
}

const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } },
  ],
} as const;

/** DescribeInstances knows no resources, only regions: AWS takes no other `Resource` than `*`. */
function permissions(region: string): object {
  const Condition = { StringEquals: { 'ec2:Region': region } };
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'ec2:DescribeInstances', Resource: '*', Condition }],
  };
}
