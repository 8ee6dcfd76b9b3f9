import { expect } from 'chai';
import type { ServiceDefinition } from '../../../../agent/nerve/definition.ts';
import type { Place } from '../../../../agent/nerve/reporters/place.ts';
import { findTwins } from '../../../../agent/nerve/twins.ts';

const place: Place = {
  type: 'zookeeper',
  hosts: ['a:2181'],
  path: '/s',
  usePathEncoding: false,
  nodeType: 'ephemeral_sequential',
  touchMs: undefined,
};

describe('findTwins', () => {
  const definition = (name: string, port: number): ServiceDefinition => ({
    name,
    host: '10.0.0.5',
    port,
    intervalMs: 1_000,
    fastIntervalMs: 100,
    mocked: false,
    crashWatch: false,
    checks: [],
    registration: { host: '10.0.0.5', port, name: 'node_1' },
    places: [place],
    rateLimit: undefined,
    preUp: undefined,
    preDown: undefined,
    warmUpMs: undefined,
  });
  const definitions = (ports: Record<string, number>): ReadonlyMap<string, ServiceDefinition> =>
    new Map(Object.entries(ports).map(([name, port]) => [name, definition(name, port)]));
  const refused = (
    wanted: Record<string, number>,
    running: Record<string, number> = {},
    kept: readonly string[] = [],
  ): readonly string[] => [
    ...findTwins(definitions(wanted), definitions(running), new Set(kept)).keys(),
  ];

  it('finds nothing where all differ', () => {
    expect(refused({ a: 1, b: 2 })).to.deep.equal([]);
  });

  it('refuses the later of two new ones, and says what would be right', () => {
    const twins = findTwins(definitions({ b: 1, a: 1 }), new Map(), new Set());
    expect([...twins]).to.deep.equal([
      ['b', 'services.b: registers 10.0.0.5:1 at /s as a does; must differ in one of them'],
    ]);
  });

  it('tells instances apart by their ports, unless the node has nothing but a name', () => {
    const persistent = [{ ...place, nodeType: 'persistent' as const }];
    const wanted = [...definitions({ a: 1, b: 2 })].map(
      ([name, one]) => [name, { ...one, places: persistent }] as const,
    );
    expect([...findTwins(new Map(wanted), new Map(), new Set()).keys()]).to.deep.equal(['b']);
  });

  it('refuses the one that is new, not the one that runs', () => {
    expect(refused({ a: 1, b: 1 }, { b: 1 })).to.deep.equal(['a']);
  });

  it('counts what a refused file leaves running', () => {
    expect(refused({ a: 1 }, { b: 1 }, ['b'])).to.deep.equal(['a']);
  });

  it('counts what a refusal brings back', () => {
    // b wants a's place, a runs on there; c wants b's old place, which b then keeps.
    expect(refused({ a: 1, b: 1, c: 2 }, { a: 1, b: 2 })).to.deep.equal(['b', 'c']);
  });

  it('lets two services change places', () => {
    expect(refused({ a: 2, b: 1 }, { a: 1, b: 2 })).to.deep.equal([]);
  });
});
