import { Eip } from '@pulumi/aws/ec2/eip.js';
import { InternetGateway } from '@pulumi/aws/ec2/internetGateway.js';
import { NatGateway } from '@pulumi/aws/ec2/natGateway.js';
import { Route } from '@pulumi/aws/ec2/route.js';
import { RouteTable } from '@pulumi/aws/ec2/routeTable.js';
import { RouteTableAssociation } from '@pulumi/aws/ec2/routeTableAssociation.js';
import type { Subnet } from '@pulumi/aws/ec2/subnet.js';
import * as pulumi from '@pulumi/pulumi';
import type { ExistingVpc, Network, NewVpc } from './network.ts';
import type { TagsOf } from './tags.ts';

export interface InternetAccessArgs {
  readonly network: Network;
  readonly vpc: NewVpc | ExistingVpc;
  /** With a public subnet each. */
  readonly natZones: readonly string[];
  readonly tagsOf: TagsOf;
}

/**
 * What leads out of the subnets:
 *
 *     private subnet ─► NAT gateway in a public subnet ─► internet gateway
 *
 * A zone without a NAT gateway uses that of another. Nothing leads in but to public subnets.
 */
export class InternetAccess extends pulumi.ComponentResource {
  readonly #args: InternetAccessArgs;

  constructor(
    name: string,
    args: InternetAccessArgs,
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super('smartstack:aws:InternetAccess', name, {}, options);
    this.#args = args;
    const { network, vpc } = args;
    const outside = this.#publicRoute(network.publicSubnets);
    const tables = this.#natTables(network.publicSubnets, outside);
    const existing = vpc.kind === 'existing' ? vpc.routeTableId : undefined;
    const [shared] = tables.values();
    for (const [zone, subnet] of network.privateSubnets) {
      const table = existing ?? tables.get(zone) ?? shared;
      if (table !== undefined) this.#associate(`private/${zone}`, subnet, table);
    }
    this.registerOutputs({});
  }

  /** The way out of the public subnets; nothing where there are none. */
  #publicRoute(subnets: ReadonlyMap<string, Subnet>): readonly pulumi.Resource[] {
    if (subnets.size === 0) return [];
    const { table, route } = this.#routes('public', { gatewayId: this.#internetGatewayId() });
    for (const [zone, subnet] of subnets) this.#associate(`public/${zone}`, subnet, table.id);
    return [route];
  }

  #internetGatewayId(): pulumi.Input<string> {
    const { vpc, network, tagsOf } = this.#args;
    if (vpc.kind === 'existing') {
      if (vpc.internetGatewayId !== undefined) return vpc.internetGatewayId;
      throw new Error('public subnets need an internet gateway');
    }
    const args = { vpcId: network.vpcId, tags: tagsOf('internet') };
    return new InternetGateway('internet-gateway', args, { parent: this }).id;
  }

  /** Route tables to the NAT gateways, by zone; a gateway needs the way out to come up. */
  #natTables(
    subnets: ReadonlyMap<string, Subnet>,
    dependsOn: readonly pulumi.Resource[],
  ): ReadonlyMap<string, pulumi.Output<string>> {
    const { natZones, tagsOf } = this.#args;
    const options = { parent: this, dependsOn: [...dependsOn] };
    return new Map(
      natZones.map((zone) => {
        const tags = tagsOf(`nat ${zone}`);
        const subnet = subnets.get(zone);
        if (subnet === undefined) throw new Error(`a NAT gateway needs a public subnet in ${zone}`);
        const address = new Eip(`nat/${zone}/address`, { domain: 'vpc', tags }, options);
        const gateway = new NatGateway(
          `nat/${zone}`,
          {
            allocationId: address.allocationId,
            subnetId: subnet.id,
            connectivityType: 'public',
            tags,
          },
          options,
        );
        const { table } = this.#routes(`private/${zone}`, { natGatewayId: gateway.id });
        return [zone, table.id] as const;
      }),
    );
  }

  /** A table that sends what is not local to `target`. */
  #routes(name: string, target: Target): { readonly table: RouteTable; readonly route: Route } {
    const { network, tagsOf } = this.#args;
    const table = new RouteTable(
      `${name}/routes`,
      { vpcId: network.vpcId, tags: tagsOf(name.replace('/', ' ')) },
      { parent: this },
    );
    const route = new Route(
      `${name}/way-out`,
      { routeTableId: table.id, destinationCidrBlock: '0.0.0.0/0', ...target },
      { parent: this },
    );
    return { table, route };
  }

  #associate(name: string, { id: subnetId }: Subnet, routeTableId: pulumi.Input<string>): void {
    const association = { subnetId, routeTableId };
    new RouteTableAssociation(`${name}/association`, association, { parent: this });
  }
}

type Target =
  | { readonly gatewayId: pulumi.Input<string> }
  | { readonly natGatewayId: pulumi.Input<string> };
