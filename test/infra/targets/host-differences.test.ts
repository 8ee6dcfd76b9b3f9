import { expect } from 'chai';
import { hostDifferences } from '../../../infra/targets/host-differences.ts';

describe('hostDifferences', () => {
  const role = { id: 1, roles: ['service'] } as const;
  const catalog = { hosts: { one: { ...role, roles: [...role.roles] } } };

  it('finds none between a catalog and its machines', () => {
    expect(hostDifferences(catalog, [{ name: 'one' }])).to.deep.equal([]);
  });

  it('tells each machine that is missing, unknown or there twice', () => {
    const given = ['two', 'three', 'three'].map((name) => ({ name }));
    const told = hostDifferences(catalog, given).map(({ path, message }) => `${path}: ${message}`);
    expect(told).to.deep.equal([
      'one: is in the catalog, and no machine has the name',
      'two: is no host of the catalog; add it there',
      'three: is no host of the catalog; add it there',
      'three: is no host of the catalog; add it there',
      'three: is the name of two machines; keep one',
    ]);
  });
});
