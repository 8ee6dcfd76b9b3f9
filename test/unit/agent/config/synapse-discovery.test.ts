import { expect } from 'chai';
import { parseSynapseConfig } from '../../../../agent/config/synapse.ts';
import { ensemblesOf } from '../../../../agent/config/synapse-discovery.ts';
import { synapseOptionsWithoutEffect } from '../../../../agent/config/without-effect.ts';
import { type ServiceInput, synapseConfig } from '../../../support/synapse-config.ts';

type DiscoveryInput = ServiceInput['discovery'];

const haproxy = {
  global: [],
  defaults: [],
  do_writes: false,
  do_socket: false,
  do_reloads: false,
};
const zookeeper = { method: 'zookeeper' as const, path: '/s', hosts: ['a:2181'] };

function problemsOf(service: unknown): readonly string[] {
  const result = parseSynapseConfig({ services: { web: service }, haproxy });
  return result.ok
    ? []
    : result.problems.map(
        ({ path, message }) => `${path.replace('services.web.', '')}: ${message}`,
      );
}

function parsed(discovery: DiscoveryInput, more: Partial<ServiceInput> = {}): object {
  return synapseConfig({ web: { discovery, ...more } }).services.web?.discovery ?? {};
}

describe("synapse's discovery", () => {
  it('has the defaults of the original', () => {
    expect(parsed({ ...zookeeper, method: 'zookeeper_poll' })).to.include({
      polling_interval_sec: 60,
    });
    const shared = { ...zookeeper, method: 'zookeeper_poll' as const, polling_interval_sec: 2.5 };
    expect(parsed(shared)).to.include({ polling_interval_sec: 2.5 });
    expect(parsed({ ...zookeeper, method: 'zookeeper_dns' })).to.include({ check_interval: 30 });
    expect(parsed({ ...zookeeper, method: 'zookeeper_dns_poll' })).to.include({
      check_interval: 30,
      polling_interval_sec: 60,
    });
    expect(parsed({ method: 'dns', servers: [{ host: 'a.example', port: 1 }] })).to.include({
      check_interval: 30,
      record: 'a',
    });
    const docker = { image_name: 'redis', container_port: '6379' };
    expect(parsed({ method: 'docker', servers: [{ host: 'a' }], ...docker })).to.deep.include({
      servers: [{ host: 'a', port: 4243 }],
      container_port: 6379,
      check_interval: 15,
    });
    const ec2 = { method: 'ec2tag', tag_name: 'role', tag_value: 'web' } as const;
    expect(parsed(ec2, { backend_port_override: 80 })).to.include({ check_interval: 15 });
    const marathon = { marathon_api_url: 'http://a:8080', application_name: 'web' };
    expect(parsed({ method: 'marathon', ...marathon })).to.include({
      marathon_api_path: '/v2/apps/%{app}/tasks',
      check_interval: 10,
      port_index: 0,
    });
  });

  it('filters by labels whatever the method', () => {
    const label_filters = [{ label: 'az', value: 'a', condition: 'equals' as const }];
    for (const discovery of [
      { method: 'file' as const, path: '/instances.json' },
      { method: 'consul' as const, service_name: 'web' },
      { method: 'dns' as const, servers: ['a.example'] },
    ]) {
      expect(parsed({ ...discovery, label_filters })).to.deep.include({ label_filters });
    }
  });

  it('makes one discovery of discovery and discovery_multi', () => {
    const file = { method: 'file' as const, path: '/instances.json' };
    const watchers = { other: file, primary: file };
    const resolver = {
      method: 'sequential' as const,
      sequential_order: ['primary', 'other'],
    };
    const discovery = synapseConfig({
      web: { discovery: zookeeper, discovery_multi: { watchers, resolver } },
    }).services.web?.discovery;
    if (discovery?.method !== 'multi') return expect.fail('not merged');
    expect(Object.entries(discovery.watchers).map(([name, { method }]) => [name, method])).to.eql([
      ['other', 'file'],
      ['primary', 'zookeeper'],
    ]);
    expect(discovery.resolver).to.include({ method: 'sequential', patience: 10 });
    expect(ensemblesOf(discovery)).to.deep.equal([['a:2181']]);
  });

  it('says what is wrong', () => {
    expect(problemsOf({ discovery: { method: 'ec2tag', tag_name: 'a', tag_value: 'b' } })).to.eql([
      'backend_port_override: is missing; ec2tag finds hosts alone, and needs their port',
    ]);
    expect(problemsOf({ discovery: { method: 'dns', servers: [], nameserver: 'b' } })).to.eql([
      'discovery.servers: is a list of 0; must be a list of at least 1',
      'discovery.nameserver: is "b"; must be the address of a name server, such as "10.0.0.2" ' +
        'or "10.0.0.2:5353" or a list',
    ]);
    const docker = { method: 'docker', servers: [{ host: 'a' }], container_port: 1 };
    expect(problemsOf({ discovery: docker })).to.deep.equal([
      'discovery.image_name: is missing; must be a string',
    ]);
    const marathon = { method: 'marathon', marathon_api_url: 'ftp://a', application_name: 'b' };
    expect(problemsOf({ discovery: marathon })).to.deep.equal([
      'discovery.marathon_api_url: is "ftp://a"; must be a URL such as "http://10.0.0.1:8080"',
    ]);
  });

  it('says what is wrong with several watchers', () => {
    const resolver = { method: 'sequential', sequential_order: ['a', 'a', 'c'] };
    const watchers = { a: zookeeper, b: zookeeper };
    expect(problemsOf({ discovery: { method: 'multi', watchers, resolver } })).to.deep.equal([
      'discovery.resolver.sequential_order: must name each watcher once: a, b',
    ]);
    expect(problemsOf({ discovery: zookeeper, discovery_multi: { watchers, resolver } })).to.eql([
      'discovery_multi.resolver.sequential_order: must name each watcher once: a, b, primary',
    ]);
    const toggle = { method: 's3_toggle', s3_polling_interval_seconds: 1, s3_url: 'http://a' };
    expect(problemsOf({ discovery: { method: 'multi', watchers, resolver: toggle } })).to.eql([
      'discovery.resolver.s3_url: is "http://a"; must be of the form s3://bucket/path',
    ]);
  });

  it('takes several watchers for one of several, as the original does', () => {
    const union = { method: 'union' as const };
    const others = { ...zookeeper, hosts: ['b:2181'] };
    const inner = {
      method: 'multi' as const,
      watchers: { a: zookeeper, b: others },
      resolver: union,
    };
    const resolver = { method: 'sequential' as const, sequential_order: ['primary', 'c'] };
    const discovery_multi = { watchers: { c: { ...zookeeper, hosts: ['c:2181'] } }, resolver };
    const { discovery } =
      synapseConfig({ web: { discovery: inner, discovery_multi } }).services.web ?? {};
    if (discovery?.method !== 'multi') return expect.fail('not merged');
    expect(discovery.watchers.primary?.method).to.equal('multi');
    expect(ensemblesOf(discovery)).to.have.deep.members([['a:2181'], ['b:2181'], ['c:2181']]);
  });

  it('says what is wrong however deep it is', () => {
    const resolver = { method: 'union' };
    const bad = { ...zookeeper, path: 'no/slash', polling: 1 };
    const inner = { method: 'multi', watchers: { a: bad, b: { method: 'zookeper' } }, resolver };
    const problems = problemsOf({ discovery: { method: 'multi', watchers: { inner }, resolver } });
    const places = problems.map((problem) => problem.split(': ', 1)[0]);
    expect(places).to.deep.equal([
      'discovery.watchers.inner.watchers.a.path',
      'discovery.watchers.inner.watchers.a.polling',
      'discovery.watchers.inner.watchers.b.method',
    ]);
    expect(problems[2]).to.match(/did you mean zookeeper\?/);
  });

  it('says which of its options do nothing', () => {
    const decode = { method: 'nerve' as const, endpoint_name: 'http' };
    const retry_policy = { max_attempts: 3 };
    const watchers = {
      a: { ...zookeeper, decode },
      b: { ...zookeeper, retry_policy, decode: { ...decode, method: 'serverset' as const } },
    };
    const resolver = { method: 'union' as const };
    const discovery = { method: 'multi' as const, watchers, resolver };
    expect(synapseOptionsWithoutEffect(synapseConfig({ web: { discovery } }))).to.deep.equal([
      'services.web.discovery.decode.endpoint_name',
      'services.web.discovery.retry_policy.max_attempts',
    ]);
  });
});
