import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import {
  fixedPath,
  isOwn,
  mayBeOwn,
  type OwnNode,
  planRegistration,
} from '../../../../../agent/nerve/reporters/own-nodes.ts';
import type { ZooKeeperPlace } from '../../../../../agent/nerve/reporters/place.ts';
import {
  childPrefix,
  encodeRegistration,
  type Registration,
} from '../../../../../agent/registration.ts';

const registration: Registration = { host: '10.0.0.5', port: 80, name: 'node_1' };
const place: ZooKeeperPlace = {
  type: 'zookeeper',
  hosts: ['a:2181'],
  path: '/s',
  usePathEncoding: false,
  nodeType: 'ephemeral_sequential',
  touchMs: undefined,
};
const data = encodeRegistration(registration);
const node = (changes: Partial<OwnNode> = {}): OwnNode => ({
  path: '/s/node_1_0000000001',
  data,
  owner: 'mine',
  ...changes,
});
const create = { kind: 'create', path: '/s/node_1_', data, mode: 'ephemeral_sequential' };
const plan = (own: readonly OwnNode[], changes: Partial<ZooKeeperPlace> = {}) =>
  planRegistration({ ...place, ...changes }, registration, own, 'mine').operations;

describe('planRegistration', () => {
  it('creates a node where there is none', () => {
    expect(plan([])).to.deep.equal([create]);
  });

  it('writes nothing when the node is right', () => {
    expect(plan([node()])).to.deep.equal([]);
  });

  for (const [title, old] of [
    ['of a former session', node({ owner: 'former' })],
    ['that is persistent', node({ owner: undefined })],
    ['with other data', node({ data: Buffer.from('{}') })],
    ['with another form of name', node({ path: '/s/base64_4_abcd_0000000001' })],
  ] as const) {
    it(`replaces a node ${title} in one transaction`, () => {
      expect(plan([old])).to.deep.equal([create, { kind: 'delete', path: old.path }]);
    });
  }

  it('keeps one of several and removes the others', () => {
    const others = [
      node({ path: '/s/node_1_0000000002' }),
      node({ path: '/s/node_1_0000000003', owner: 'former' }),
    ];
    expect(plan([node(), ...others])).to.deep.equal([
      { kind: 'delete', path: '/s/node_1_0000000002' },
      { kind: 'delete', path: '/s/node_1_0000000003' },
    ]);
  });

  it('puts the data into the name with path encoding', () => {
    const prefix = childPrefix(registration, true);
    expect(plan([], { usePathEncoding: true })).to.deep.equal([
      { ...create, path: `/s/${prefix}` },
    ]);
    expect(
      plan([node({ path: `/s/${prefix}0000000001` })], { usePathEncoding: true }),
    ).to.deep.equal([]);
  });
});

describe('planRegistration for other node types', () => {
  it('keeps a persistent node whoever made it, and replaces an ephemeral one', () => {
    const nodeType = 'persistent_sequential';
    expect(plan([node({ owner: undefined })], { nodeType })).to.deep.equal([]);
    expect(plan([node()], { nodeType })).to.deep.equal([
      { ...create, mode: nodeType },
      { kind: 'delete', path: node().path },
    ]);
  });

  for (const nodeType of ['persistent', 'ephemeral'] as const) {
    const owner = nodeType === 'persistent' ? undefined : 'mine';
    const fixed = node({ path: '/s/node_1_', owner });

    it(`makes room for ${nodeType} nodes, whose name stays, before it creates`, () => {
      const old = { ...fixed, data: Buffer.from('{}') };
      const other = node({ path: '/s/node_1_0000000004', owner: 'former' });
      expect(plan([other, old], { nodeType })).to.deep.equal([
        { kind: 'delete', path: old.path },
        { ...create, mode: nodeType },
        { kind: 'delete', path: other.path },
      ]);
    });

    it(`keeps ${nodeType} nodes that are right, by their exact name`, () => {
      expect(plan([fixed], { nodeType })).to.deep.equal([]);
      expect(plan([{ ...fixed, path: '/s/node_1_0000000001' }], { nodeType })).to.have.length(2);
    });
  }
});

describe('fixedPath', () => {
  it('is the prefix where ZooKeeper appends no sequence number', () => {
    expect(fixedPath({ ...place, nodeType: 'persistent' }, registration)).to.equal('/s/node_1_');
    expect(fixedPath({ ...place, nodeType: 'ephemeral' }, registration)).to.equal('/s/node_1_');
    expect(fixedPath(place, registration)).to.equal(undefined);
  });
});

describe('mayBeOwn, isOwn', () => {
  it('knows its own name, plain or encoded, with any other data of the same instance', () => {
    const heavier = childPrefix({ ...registration, weight: 9 }, true);
    expect(mayBeOwn('node_1_0000000001', registration)).to.equal(true);
    expect(mayBeOwn(`${heavier}0000000001`, registration)).to.equal(true);
    expect(isOwn(encodeRegistration({ ...registration, weight: 9 }), registration)).to.equal(true);
  });

  it('leaves the nodes of others, and of other ports of this host', () => {
    const sibling = { ...registration, port: 81 };
    expect(mayBeOwn('node_10_0000000001', registration)).to.equal(false);
    expect(mayBeOwn('node_1_x_0000000001', registration)).to.equal(false);
    expect(mayBeOwn(`${childPrefix(sibling, true)}0000000001`, registration)).to.equal(false);
    expect(isOwn(encodeRegistration(sibling), registration)).to.equal(false);
    expect(isOwn(Buffer.from('garbage'), registration)).to.equal(false);
  });
});
