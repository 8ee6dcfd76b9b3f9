import { expect } from 'chai';
import fc from 'fast-check';
import type { DeployedHosts } from '../../../../../infra/catalog/rule.ts';
import {
  fatalZone,
  type Placement,
  placeHosts,
} from '../../../../../infra/targets/aws/placement.ts';
import type { NamedHost } from '../../../../../infra/targets/host.ts';

const zones = ['a', 'b', 'c'];

describe('placeHosts', () => {
  it('spreads members over the zones, and services by themselves', () => {
    const hosts = [...members(3), ...services(4)];
    expect(placesOf(placeHosts(hosts, zones, {}))).to.equal('abcabca');
  });

  it('leaves every host where it is, whoever comes and goes', () => {
    const deployed = deployedAs(placeHosts([...members(3), ...services(3)], zones, {}));
    const fewer = [...members(3).slice(1), ...services(3).slice(1)];
    expect(placesOf(placeHosts(fewer, zones, deployed))).to.equal('bcbc');
    const more = [...members(5), ...services(4)];
    const grown = placeHosts(more, [...zones, 'd', 'e'], deployed);
    expect(placesOf(grown)).to.equal('abcdeabcd');
  });

  it('puts a host where the catalog says, and the others around it', () => {
    const [first = expect.fail(), ...others] = members(3);
    const placement = placeHosts([{ ...first, zone: 'b' }, ...others], zones, {});
    expect(placesOf(placement)).to.equal('bac');
  });

  it('refuses a zone that is none, and a member that would leave its data', () => {
    const [first = expect.fail(), second = expect.fail()] = members(2);
    const [web = expect.fail()] = services(1);
    const hosts = [
      { ...first, zone: 'b' },
      { ...second, zone: 'x' },
      { ...web, zone: 'c' },
    ];
    const { problems } = placeHosts(hosts, zones, {
      zookeeper1: { id: 1, roles: ['zookeeper'], zone: 'a' },
      web1: { id: 11, roles: ['service'], zone: 'a' },
    });
    expect(problems).to.deep.equal([
      {
        path: 'hosts.zookeeper1.zone',
        message:
          'was a, where its data volume stands, and cannot move; ' +
          'put it back, or add a host under a new name',
      },
      {
        path: 'hosts.zookeeper2.zone',
        message: '"x" is none of smartstack:aws.zones; use one of a, b, c',
      },
    ]);
  });

  it('refuses to drop the zone of a member', () => {
    const { problems } = placeHosts(members(1), ['b'], {
      zookeeper1: { id: 1, roles: ['zookeeper'], zone: 'a' },
    });
    expect(problems.map(({ path }) => path)).to.deep.equal(['hosts.zookeeper1.zone']);
  });

  it('is as even as can be from scratch, whatever there is', () => {
    const counts = fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.nat(50),
      fc.integer({ min: 1, max: 6 }),
    );
    fc.assert(
      fc.property(counts, ([memberCount, serviceCount, zoneCount]) => {
        const all = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, zoneCount);
        for (const group of [members(memberCount), services(serviceCount)]) {
          const placed = [...placeHosts(group, all, {}).zones.values()];
          const loads = all.map((zone) => placed.filter((one) => one === zone).length);
          expect(Math.max(...loads) - Math.min(...loads)).to.be.at.most(1);
        }
      }),
    );
  });
});

describe('fatalZone', () => {
  it('names the zone without which there is no quorum', () => {
    const fatal = (count: number, zoneNames: readonly string[]): string | undefined => {
      const hosts = members(count);
      return fatalZone(hosts, placeHosts(hosts, zoneNames, {}).zones);
    };
    expect(fatal(3, ['a', 'b', 'c'])).to.equal(undefined);
    expect(fatal(5, ['a', 'b', 'c'])).to.equal(undefined);
    expect(fatal(3, ['a', 'b'])).to.equal('a');
    expect(fatal(5, ['a', 'b'])).to.equal('a');
    expect(fatal(1, ['a'])).to.equal(undefined);
  });
});

function members(count: number): readonly NamedHost[] {
  return numbered(count, 'zookeeper', 0);
}

function services(count: number): readonly NamedHost[] {
  return numbered(count, 'web', 10);
}

function numbered(count: number, prefix: string, firstId: number): readonly NamedHost[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}${index + 1}`,
    id: firstId + index + 1,
    roles: [prefix === 'zookeeper' ? 'zookeeper' : 'service'],
  }));
}

/** One letter a host, by the hosts' names. */
function placesOf({ zones: placed }: Placement): string {
  return [...placed]
    .sort(([one], [other]) => order(one) - order(other))
    .map(([, zone]) => zone)
    .join('');
}

function order(name: string): number {
  return Number(name.replace(/\D/g, '')) + (name.startsWith('web') ? 100 : 0);
}

function deployedAs({ zones: placed }: Placement): DeployedHosts {
  return Object.fromEntries(
    [...placed].map(([name, zone]) => [
      name,
      { id: 1, roles: [name.startsWith('web') ? 'service' : 'zookeeper'], zone },
    ]),
  );
}
