import { expect } from 'chai';
import { type InstancePlaces, instanceKeys } from '../../../../agent/nerve/definition.ts';
import { RegisteredNodes } from '../../../../agent/nerve/registered-nodes.ts';

describe('RegisteredNodes', () => {
  const path = '/s/node_1_0000000001';
  const instance = (hosts: readonly string[], port = 8_001): InstancePlaces => ({
    registration: { host: '10.0.0.5', port, name: 'node_1' },
    places: [
      {
        ...{ type: 'zookeeper', hosts, path: '/s', usePathEncoding: false, touchMs: undefined },
        nodeType: 'ephemeral_sequential',
      },
    ],
  });
  const three = ['a:1', 'b:1', 'c:1'];
  const four = ['b:1', 'c:1', 'd:1', 'e:1'];
  const keyOf = (one: InstancePlaces): string => instanceKeys(one)[0] ?? '';
  const nodes = () => new RegisteredNodes({ [keyOf(instance(three))]: { hosts: three, path } });

  it('takes an instance whose ensemble has other members now for the same', () => {
    expect(nodes().has(instance(three))).to.equal(true);
    expect(nodes().has(instance(four))).to.equal(true);
    expect([...nodes().orphans([instance(four)])]).to.deep.equal([]);
  });

  it('takes another instance, and another ensemble, for another', () => {
    for (const other of [instance(four, 8_002), instance(['x:1'])]) {
      expect(nodes().has(other)).to.equal(false);
      expect([...nodes().orphans([other]).values()]).to.deep.equal([{ hosts: three, path }]);
    }
  });

  it('remembers a node once, under the members that were told last', () => {
    const known = nodes();
    const definition = instance(four);
    const [place] = definition.places;
    if (place === undefined) return expect.fail();
    const report = { place, wanted: 'up', registered: path, settled: true } as const;
    known.learn({ definition, status: { reports: [report] } });
    expect(known.toJSON()).to.deep.equal({ [keyOf(definition)]: { hosts: four, path } });
  });
});
