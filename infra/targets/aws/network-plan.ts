/** Which subnets there are and what address each host has: decided here, made in `network.ts`. */
import { formatAddress, partOf, type Range } from './ipv4.ts';

export interface NetworkRequest {
  /** At most a /20. */
  readonly range: Range;
  /** In the order of the configuration, which is that of the subnets: it must not change. */
  readonly zones: readonly string[];
  /** NAT gateways: none, one in the first zone, or one in each. */
  readonly nat: 'none' | 'one' | 'each-zone';
  readonly bastion: boolean;
}

export interface NetworkPlan {
  /** One in each zone, for hosts; no route from outside leads there. */
  readonly privateSubnets: readonly SubnetPlan[];
  /** Only where something needs an address of its own on the internet. */
  readonly publicSubnets: readonly SubnetPlan[];
  /** Zones with a NAT gateway. */
  readonly natZones: readonly string[];
  readonly bastionZone: string | undefined;
}

export interface SubnetPlan {
  readonly zone: string;
  readonly range: Range;
}

/** The widest prefix that holds `maxZones` private and as many public subnets. */
export const maxPrefix = 20;
export const maxZones = 8;
const subnetPrefix = 24;

export function planNetwork({ range, zones, nat, bastion }: NetworkRequest): NetworkPlan {
  const natZones = nat === 'each-zone' ? zones : nat === 'one' ? zones.slice(0, 1) : [];
  const bastionZone = bastion ? zones[0] : undefined;
  const subnet = (zone: string, index: number): SubnetPlan => ({
    zone,
    range: partOf(range, subnetPrefix, index),
  });
  return {
    privateSubnets: zones.map((zone, index) => subnet(zone, index)),
    publicSubnets: zones
      .map((zone, index) => subnet(zone, maxZones + index))
      .filter(({ zone }) => natZones.includes(zone) || zone === bastionZone),
    natZones,
    bastionZone,
  };
}

/**
 * The host's id is the last byte of its address, as on Vagrant; but AWS keeps the first four
 * addresses of a subnet for itself, so that the ids 1 to 3 are found at 251 to 253.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export function addressIn({ range }: SubnetPlan, id: number): string {
  return formatAddress(range.first + (id < 4 ? 250 + id : id));
}

export function subnetOf({ privateSubnets }: NetworkPlan, zone: string): SubnetPlan {
  const subnet = privateSubnets.find((one) => one.zone === zone);
  if (subnet === undefined) throw new Error(`no subnet is planned in ${zone}`);
  return subnet;
}
