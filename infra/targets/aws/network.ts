import { DefaultSecurityGroup } from '@pulumi/aws/ec2/defaultSecurityGroup.js';
import { Subnet } from '@pulumi/aws/ec2/subnet.js';
import { Vpc } from '@pulumi/aws/ec2/vpc.js';
import * as pulumi from '@pulumi/pulumi';
import { formatRange } from './ipv4.ts';
import type { NetworkPlan, SubnetPlan } from './network-plan.ts';
import type { TagsOf } from './tags.ts';

export interface NetworkArgs {
  readonly plan: NetworkPlan;
  readonly vpc: NewVpc | ExistingVpc;
  readonly tagsOf: TagsOf;
}

export interface NewVpc {
  readonly kind: 'new';
  readonly cidr: string;
}

export interface ExistingVpc {
  readonly kind: 'existing';
  readonly id: string;
  /** Where the plan has public subnets. */
  readonly internetGatewayId: string | undefined;
  /** Leads private subnets to the internet where the plan has no NAT gateway. */
  readonly routeTableId: string | undefined;
}

/** Subnets in each zone, in a VPC of our own or an existing one, of which nothing is changed. */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** By zone. No address of the internet is given out in any of them. */
  readonly privateSubnets: ReadonlyMap<string, Subnet>;
  readonly publicSubnets: ReadonlyMap<string, Subnet>;

  constructor(name: string, args: NetworkArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('smartstack:aws:Network', name, {}, options);
    const { plan, vpc, tagsOf } = args;
    this.vpcId = vpc.kind === 'existing' ? pulumi.output(vpc.id) : this.#vpc(vpc, tagsOf);
    this.privateSubnets = this.#subnets('private', plan.privateSubnets, tagsOf);
    this.publicSubnets = this.#subnets('public', plan.publicSubnets, tagsOf);
    this.registerOutputs({ vpcId: this.vpcId });
  }

  #vpc({ cidr }: NewVpc, tagsOf: TagsOf): pulumi.Output<string> {
    const { id } = new Vpc(
      'vpc',
      {
        cidrBlock: cidr,
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: tagsOf('vpc'),
      },
      { parent: this },
    );
    // Without rules: whatever lands in it by mistake reaches nothing.
    const unused = { vpcId: id, tags: tagsOf('unused') };
    new DefaultSecurityGroup('default-security-group', unused, { parent: this });
    return id;
  }

  #subnets(
    kind: 'public' | 'private',
    plans: readonly SubnetPlan[],
    tagsOf: TagsOf,
  ): ReadonlyMap<string, Subnet> {
    return new Map(
      plans.map(({ zone, range }) => {
        const subnet = new Subnet(
          `${kind}/${zone}`,
          {
            vpcId: this.vpcId,
            availabilityZone: zone,
            cidrBlock: formatRange(range),
            mapPublicIpOnLaunch: false,
            tags: tagsOf(`${kind} ${zone}`),
          },
          // The range is taken until the old one is gone.
          { parent: this, deleteBeforeReplace: true },
        );
        return [zone, subnet] as const;
      }),
    );
  }
}
