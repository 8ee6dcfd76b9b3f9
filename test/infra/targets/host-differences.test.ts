import { expect } from 'chai';
import { hostDifferences } from '../../../infra/targets/host-differences.ts';

describe('hostDifferences', () => {
  const role = { id: 1, roles: ['service'] } as const;
  const catalog = { hosts: { one: { ...role, roles: [...role.roles] } } };

  it('finds none between a catalog and its machines', () => {
    expect(hostDifferences(catalog, [{ name: 'one', address: '192.0.2.1' }])).to.deep.equal([]);
  });

  it('tells each machine that is missing, unknown or there twice', () => {
    const given = ['two', 'three', 'three'].map((name) => ({ name, address: name }));
    const told = hostDifferences(catalog, given).map(({ path, message }) => `${path}: ${message}`);
    expect(told).to.deep.equal([
      'one: is in the catalog, and no machine has the name',
      'two: is no host of the catalog; add it there',
      'three: is no host of the catalog; add it there',
      'three: is no host of the catalog; add it there',
      'three: is the name of two machines; keep one',
    ]);
  });

  it('tells two hosts that are one machine', () => {
    const hosts = { ...catalog.hosts, two: catalog.hosts.one };
    const given = ['one', 'two'].map((name) => ({ name, address: '192.0.2.1' }));
    expect(hostDifferences({ hosts }, given)).to.deep.equal([
      {
        path: 'two.address',
        message: 'is that of one, too; give each host a machine of its own',
      },
    ]);
  });
});
