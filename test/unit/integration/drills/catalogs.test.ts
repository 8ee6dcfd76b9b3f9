import { expect } from 'chai';
import { validateCatalog } from '../../../../infra/catalog/validate.ts';
import { catalog } from '../../../integration/drills/catalog/catalog.ts';
import { catalog as five } from '../../../integration/drills/catalog/five-members.ts';
import { catalog as replaced } from '../../../integration/drills/catalog/five-members-one-replaced.ts';
import { catalog as oneMember } from '../../../integration/drills/catalog/one-member.ts';
import { catalog as grown } from '../../../integration/drills/catalog/one-member-grown.ts';
import { catalog as broken } from '../../../integration/drills/catalog/worker-broken.ts';
import { catalog as deployed } from '../../../integration/drills/catalog/worker-deployed.ts';
import { catalog as moved } from '../../../integration/drills/catalog/worker-moved.ts';

describe("the drills' catalogs", () => {
  const catalogs = { catalog, five, replaced, oneMember, grown, deployed, moved, broken };
  for (const [name, input] of Object.entries(catalogs)) {
    it(`are good: ${name}`, () => {
      const result = validateCatalog(input, { deployed: {}, fileExists: () => true });
      expect(result).to.include({ ok: true });
    });
  }

  it('differ in members alone', () => {
    for (const other of [five, replaced]) expect(other.services).to.equal(catalog.services);
    expect(grown.services).to.equal(oneMember.services);
    expect(Object.keys(five.hosts)).to.deep.equal([
      ...['zookeeper1', 'zookeeper2', 'zookeeper3', 'zookeeper4', 'zookeeper5'],
      ...['service_a_node_1', 'service_a_node_2', 'service_b_node_1'],
    ]);
  });
});
