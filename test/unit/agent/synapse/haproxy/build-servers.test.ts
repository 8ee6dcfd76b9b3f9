import { expect } from 'chai';
import {
  type BuildContext,
  type BuiltServers,
  buildServers,
} from '../../../../../agent/synapse/haproxy/build-servers.ts';
import { composeSections } from '../../../../../agent/synapse/haproxy/sections.ts';
import { idOf, weightOf } from '../../../../../agent/synapse/haproxy/server-line.ts';
import type { Instance } from '../../../../../agent/synapse/instance.ts';
import { type ServiceInput, synapseConfig } from '../../../../support/synapse-config.ts';

function build(
  instances: readonly Instance[],
  context: Partial<BuildContext> = {},
  haproxy: ServiceInput['haproxy'] = {},
): BuiltServers {
  const web: ServiceInput = { discovery: { method: 'base' }, haproxy };
  const sections = composeSections(synapseConfig({ web }), 'host');
  return buildServers(sections, new Map([['web', instances]]), {
    addressOf: (host) => host,
    runningAt: () => undefined,
    ids: new Map(),
    maxServerId: 3,
    held: () => [],
    refusedLines: new Set(),
    isUp: () => true,
    zones: new Map(),
    ...context,
  });
}

function instance(name: string, more: Partial<Instance> = {}): Instance {
  return { host: '10.0.0.1', port: 80, name, labels: {}, ...more };
}

function ids({ servers }: BuiltServers): readonly (number | undefined)[] {
  return (servers.get('web') ?? []).map(idOf);
}

describe('buildServers', () => {
  it('keeps ids, and gives new servers the lowest that are free', () => {
    const known = new Map([['web', new Map([['b_10.0.0.1:80', 1]])]]);
    const built = build([instance('a'), instance('b'), instance('c')], { ids: known });
    expect(ids(built)).to.deep.equal([2, 1, 3]);
  });

  it('keeps the servers of a service of which nothing is known (law 2)', () => {
    const config = synapseConfig({ web: { discovery: { method: 'base' } } });
    const line = { name: 'a', address: '10.0.0.1:80', words: ['id', '7'] };
    const addresses = { addressOf: (host: string) => host, runningAt: () => undefined };
    const context = { ...addresses, ids: new Map(), maxServerId: 3 };
    const more = { refusedLines: new Set<string>(), isUp: () => true, zones: new Map() };
    const held = (backend: string) => (backend === 'web' ? [line] : []);
    const build = (known: ReadonlyMap<string, readonly Instance[]>) =>
      buildServers(composeSections(config, 'host'), known, { ...context, ...more, held }).servers;
    expect(build(new Map()).get('web')).to.deep.equal([line]);
    expect(build(new Map([['web', []]])).get('web')).to.deep.equal([]);
  });

  it('gives nobody an id that an instance brings along', () => {
    const named = instance('c', { serverOptions: 'backup id 1' });
    expect(ids(build([instance('a'), instance('b'), named]))).to.deep.equal([2, 3, 1]);
  });

  describe('an id that two would have', () => {
    const known = (names: Readonly<Record<string, number>>): Partial<BuildContext> => {
      const entries = Object.entries(names);
      return { ids: new Map([['web', new Map(entries.map(([name, id]) => [server(name), id]))]]) };
    };
    const server = (name: string): string => `${name}_10.0.0.1:80`;
    const naming = (name: string, id: number): Instance =>
      instance(name, { serverOptions: `id ${id}` });
    const named = ({ servers }: BuiltServers): readonly string[] =>
      (servers.get('web') ?? []).map((line) => `${line.name[0]} ${idOf(line)}`);
    const reasons = ({ rejected }: BuiltServers): readonly string[] =>
      rejected.map(({ server, reason }) => `${server[0]}: ${reason}`);

    it('is whose server runs with it, named or given', () => {
      for (const b of [naming('b', 5), instance('b')]) {
        const built = build([naming('a', 5), b], known({ b: 5 }));
        expect(named(built)).to.deep.equal(['b 5']);
        expect(reasons(built)).to.deep.equal(['a: another server has its id']);
      }
    });

    it("is the first one's while neither runs", () => {
      const built = build([naming('a', 5), naming('b', 5), instance('c')]);
      expect(named(built)).to.deep.equal(['a 5', 'c 1']);
      expect(reasons(built)).to.deep.equal(['b: another server has its id']);
    });

    it('is free where its server leaves or names another', () => {
      expect(named(build([naming('a', 5)], known({ b: 5 })))).to.deep.equal(['a 5']);
      const swapped = build([naming('a', 5), naming('b', 6)], known({ a: 6, b: 5 }));
      expect(named(swapped)).to.deep.equal(['a 5', 'b 6']);
    });

    it('is kept by nobody for an instance that is left out anyway', () => {
      const evil = instance('a', { serverOptions: 'id 5 resolvers x' });
      expect(named(build([evil, naming('b', 5)]))).to.deep.equal(['b 5']);
    });

    it('is not for a registration where it stands in the lines of the file', () => {
      const backend = ['server static 10.0.0.9:80 check id 1'];
      const built = build([naming('a', 1), instance('b')], known({ b: 1 }), { backend });
      expect(named(built)).to.deep.equal(['b 2']);
      expect(reasons(built)).to.deep.equal(['a: another server has its id']);
    });
  });

  describe('a server name that two registrations make', () => {
    const one = { host: '10.0.0.5', port: 80, name: 'web_1', labels: {} };
    const other = { host: '1_10.0.0.5', port: 80, name: 'web', labels: {} };
    const addressOf = (host: string) => (host === '10.0.0.5' ? host : '6.6.6.6');

    it('is whose host the server runs at, then who comes first', () => {
      const addresses = (runningAt: string | undefined) => {
        const { servers, rejected } = build([other, one], {
          addressOf,
          runningAt: () => runningAt,
        });
        expect(rejected).to.deep.equal([
          { service: 'web', server: 'web_1_10.0.0.5:80', reason: 'another server has its name' },
        ]);
        return (servers.get('web') ?? []).map(({ address }) => address);
      };
      expect(addresses('10.0.0.5')).to.deep.equal(['10.0.0.5:80']);
      expect(addresses(undefined)).to.deep.equal(['6.6.6.6:80']);
    });
  });

  it('leaves ids to HAProxy when they run out', () => {
    const four = ['a', 'b', 'c', 'd'].map((name) => instance(name));
    expect(ids(build(four))).to.deep.equal([1, 2, 3, undefined]);
  });

  it('leaves out and names what cannot be a server', () => {
    const built = build(
      [
        instance('a b'),
        instance('evil', { serverOptions: 'resolvers x' }),
        instance('good'),
        instance('lost', { host: 'no.such.host' }),
      ],
      { addressOf: (host) => (host === 'no.such.host' ? undefined : host) },
    );
    expect(ids(built)).to.have.length(1);
    expect(built.rejected.map(({ server, reason }) => `${server}: ${reason}`)).to.deep.equal([
      'a b_10.0.0.1:80: illegal server name',
      'evil_10.0.0.1:80: haproxy_server_options: resolvers is not allowed from the registry',
      'lost_no.such.host:80: its host name has no address',
    ]);
  });

  it('lets no host be taken for a keyword of the server line', () => {
    const hosts = (server_options: string) => {
      const instances = ['check', 'other', 'weight'].map((host) => instance('a', { host }));
      const built = build(instances, { addressOf: () => '10.0.0.1' }, { server_options });
      return built.servers.get('web')?.map(({ name }) => name);
    };
    expect(hosts('check cookie %{host} weight 5')).to.deep.equal(['a_other:80']);
    expect(hosts('check cookie %{name} weight 5')).to.have.length(3);
  });

  it('leaves a server where it runs while its name has no address (law 2)', () => {
    const built = build([instance('a', { host: 'db' }), instance('b', { host: 'other' })], {
      addressOf: () => undefined,
      runningAt: (_backend, server) => (server === 'a_db:80' ? '10.0.0.7' : undefined),
    });
    expect(built.servers.get('web')?.map(({ address }) => address)).to.deep.equal(['10.0.0.7:80']);
    expect(built.rejected.map(({ server }) => server)).to.deep.equal(['b_other:80']);
  });

  it('lets no registration take away that a server has to prove who it is', () => {
    const server_options = 'check ssl verify required ca-file /ca.pem verifyhost web';
    const instances = [
      instance('evil', { serverOptions: 'ssl verify none' }),
      instance('good', { port: 81, serverOptions: 'weight 5' }),
    ];
    const built = build(instances, {}, { server_options });
    expect(built.servers.get('web')?.map(({ words }) => words.join(' '))).to.deep.equal([
      `id 1 ${server_options} weight 5`,
    ]);
    expect(built.rejected.map(({ server, reason }) => `${server}: ${reason}`)).to.deep.equal([
      'evil_10.0.0.1:80: haproxy_server_options: verify is for the file alone to say here',
    ]);
  });

  describe('an instance that drains', () => {
    const build3 = (drains: string, use_nerve_weights: boolean) => {
      const instances = ['a', 'b', 'c'].map((name) =>
        instance(name, drains.includes(name) ? { weight: 0, draining: true } : { weight: 5 }),
      );
      const config = { server_options: 'check weight 7', use_nerve_weights };
      const { servers } = build(instances, {}, config);
      return (servers.get('web') ?? []).map(weightOf);
    };

    it('gets no new traffic, whether or not nerve weights count', () => {
      expect(build3('b', false)).to.deep.equal([7, 0, 7]);
      expect(build3('b', true)).to.deep.equal([5, 0, 5]);
    });

    it('keeps its usual weight where all do: somebody must serve', () => {
      expect(build3('abc', false)).to.deep.equal([7, 7, 7]);
      expect(build3('abc', true)).to.deep.equal([7, 7, 7]);
    });

    it('serves where the only other cannot', () => {
      const { servers } = build([
        instance('a', { draining: true, weight: 0 }),
        instance('b', { serverOptions: 'resolvers x' }),
      ]);
      expect((servers.get('web') ?? []).map(weightOf)).to.deep.equal([undefined]);
    });

    it('is the same line to HAProxy, whatever its weight', () => {
      const refusedLines = new Set(['web a_10.0.0.1:80 ssl']);
      const drains = instance('a', { serverOptions: 'ssl', draining: true });
      expect(build([drains, instance('b')], { refusedLines }).rejected).to.have.length(1);
    });
  });

  it('leaves out what HAProxy refused, until it changes', () => {
    const refusedLines = new Set(['web a_10.0.0.1:80 ssl']);
    const of = (serverOptions: string): number =>
      build([instance('a', { serverOptions })], { refusedLines }).rejected.length;
    expect(of('ssl')).to.equal(1);
    expect(of('ssl verify none')).to.equal(0);
  });
});
