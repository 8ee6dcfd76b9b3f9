import { expect } from 'chai';
import {
  type BuildContext,
  type BuiltServers,
  buildServers,
} from '../../../../../agent/synapse/haproxy/build-servers.ts';
import { composeSections } from '../../../../../agent/synapse/haproxy/sections.ts';
import { idOf } from '../../../../../agent/synapse/haproxy/server-line.ts';
import type { Instance } from '../../../../../agent/synapse/instance.ts';
import { synapseConfig } from '../../../../support/synapse-config.ts';

function build(instances: readonly Instance[], context: Partial<BuildContext> = {}): BuiltServers {
  const sections = composeSections(synapseConfig({ web: { discovery: { method: 'base' } } }));
  return buildServers(sections, new Map([['web', instances]]), {
    addressOf: (host) => host,
    ids: new Map(),
    maxServerId: 3,
    refusedLines: new Set(),
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

  it('leaves ids to HAProxy when they run out', () => {
    const four = ['a', 'b', 'c', 'd'].map((name) => instance(name));
    expect(ids(build(four))).to.deep.equal([1, 2, 3, undefined]);
  });

  it('leaves out and names what cannot be a server', () => {
    const built = build(
      [
        instance('good'),
        instance('lost', { host: 'no.such.host' }),
        instance('evil', { serverOptions: 'resolvers x' }),
        instance('a b'),
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

  it('leaves out what HAProxy refused, until it changes', () => {
    const refusedLines = new Set(['web a_10.0.0.1:80 ssl']);
    const of = (serverOptions: string): number =>
      build([instance('a', { serverOptions })], { refusedLines }).rejected.length;
    expect(of('ssl')).to.equal(1);
    expect(of('ssl verify none')).to.equal(0);
  });
});
