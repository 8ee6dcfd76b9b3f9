import { expect } from 'chai';
import { formatRange, parseRange } from '../../../../../infra/targets/aws/ipv4.ts';
import {
  addressIn,
  type NetworkPlan,
  type NetworkRequest,
  planNetwork,
  type SubnetPlan,
  subnetOf,
} from '../../../../../infra/targets/aws/network-plan.ts';

const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];

describe('planNetwork', () => {
  it('gives each zone a subnet for hosts, and one public subnet where one is needed', () => {
    const plan = planned({ nat: 'one', bastion: true });
    expect(plan.privateSubnets.map(describeSubnet)).to.deep.equal([
      '10.93.0.0/24 in eu-central-1a',
      '10.93.1.0/24 in eu-central-1b',
      '10.93.2.0/24 in eu-central-1c',
    ]);
    expect(plan.publicSubnets.map(describeSubnet)).to.deep.equal(['10.93.8.0/24 in eu-central-1a']);
    expect(plan.natZones).to.deep.equal(['eu-central-1a']);
  });

  it('has public subnets for NAT gateways and the bastion alone', () => {
    const each = planned({ nat: 'each-zone', bastion: false });
    expect(each.publicSubnets.map(describeSubnet)).to.deep.equal([
      '10.93.8.0/24 in eu-central-1a',
      '10.93.9.0/24 in eu-central-1b',
      '10.93.10.0/24 in eu-central-1c',
    ]);
    expect(each.bastionZone).to.equal(undefined);
    expect(planned({ nat: 'none', bastion: false }).publicSubnets).to.deep.equal([]);
  });

  it('moves no subnet when a zone is added at the end', () => {
    const before = planned({ nat: 'each-zone', bastion: true });
    const after = planned({ zones: [...zones, 'eu-central-1d'], nat: 'each-zone', bastion: true });
    expect(after.privateSubnets.slice(0, 3)).to.deep.equal(before.privateSubnets);
    expect(after.publicSubnets.slice(0, 3)).to.deep.equal(before.publicSubnets);
  });
});

describe('the address of a host', () => {
  it('ends with its id, but where AWS keeps that address for itself', () => {
    const subnet = subnetOf(planned({}), 'eu-central-1b');
    const addresses = [1, 2, 3, 4, 11, 250].map((id) => addressIn(subnet, id));
    expect(addresses).to.deep.equal([
      ...['10.93.1.251', '10.93.1.252', '10.93.1.253'],
      ...['10.93.1.4', '10.93.1.11', '10.93.1.250'],
    ]);
  });

  it('is one that AWS gives out, and nobody else has, for every id', () => {
    const subnet = subnetOf(planned({}), 'eu-central-1a');
    const bytes = Array.from({ length: 250 }, (_, index) =>
      Number(addressIn(subnet, index + 1).split('.')[3]),
    );
    expect(new Set(bytes).size).to.equal(250);
    expect(Math.min(...bytes)).to.equal(4);
    expect(Math.max(...bytes)).to.equal(253);
  });
});

function planned(request: Partial<NetworkRequest>): NetworkPlan {
  const range = parseRange('10.93.0.0/20') ?? expect.fail();
  return planNetwork({ range, zones, nat: 'one', bastion: true, ...request });
}

function describeSubnet({ zone, range }: SubnetPlan): string {
  return `${formatRange(range)} in ${zone}`;
}
