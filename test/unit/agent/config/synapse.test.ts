import { expect } from 'chai';
import { parseSynapseConfig } from '../../../../agent/config/synapse.ts';
import { synapseConfig } from '../../../support/synapse-config.ts';

const haproxy = {
  global: ['maxconn 1000'],
  defaults: ['mode http'],
  config_file_path: '/cfg/haproxy.cfg',
  socket_file_path: '/run/haproxy.sock',
  reload_command: 'true',
};

function problemsOf(value: unknown): readonly string[] {
  const result = parseSynapseConfig(value);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('parseSynapseConfig', () => {
  it('fills in the defaults of the original', () => {
    const { web } = synapseConfig({ web: { discovery: { method: 'base' } } }).services;
    expect(web).to.deep.include({
      default_servers: [],
      keep_default_servers: false,
      use_previous_backends: true,
      leader_election: false,
    });
    expect(synapseConfig({}).haproxy).to.include({
      bind_address: 'localhost',
      do_writes: true,
      do_reloads: true,
      do_socket: true,
      do_checks: false,
      restart_interval: 2,
      restart_jitter: 0,
      max_server_id: 65_535,
    });
  });

  it('sends metrics where the original does, unless it is told where', () => {
    const result = parseSynapseConfig({ haproxy, statsd: {} });
    if (!result.ok) return expect.fail();
    expect(result.config.statsd).to.deep.equal({ host: 'localhost', port: 8125, sample_rate: {} });
  });

  it('names the nearest option for one that it does not know', () => {
    const services = { web: { discovery: { method: 'base' }, use_previous_backend: true } };
    expect(problemsOf({ services, haproxy })).to.deep.equal([
      'services.web.use_previous_backend: unknown option "use_previous_backend"; ' +
        'did you mean use_previous_backends?',
    ]);
  });

  it('takes one chroot for a list of hosts, and no other', () => {
    const problems = (hosts: string | readonly string[]) =>
      problemsOf({
        services: { web: { discovery: { method: 'zookeeper', path: '/s', hosts } } },
        haproxy,
      });
    expect(problems('a:2181/prod')).to.deep.equal([]);
    expect(problems(['a:2181', 'b:2181/prod'])).to.deep.equal([]);
    expect(problems(['a:2181/prod', 'b:2181/test'])).to.have.length(1);
    expect(problems(['a:2181/', 'b:2181'])).to.have.length(1);
    expect(problems(['a:2181/x//y', 'b:2181'])).to.have.length(1);
  });

  it('takes credentials only as user and password, and never repeats them', () => {
    const problems = problemsOf({ services: {}, haproxy, zk_digest_auth: 's3cret' });
    expect(problems).to.have.length(1);
    expect(problems.join())
      .to.match(/user:password/)
      .and.not.include('s3cret');
    const good = { services: {}, haproxy, zk_digest_auth: 'synapse:s3cret' };
    expect(problemsOf(good)).to.eql([]);
    expect(problemsOf({ ...good, zk_digest_auth_file: '/secret' })).to.eql([
      'zk_digest_auth_file: is there beside "zk_digest_auth"; leave out one of them',
    ]);
  });

  it('tells everything that is wrong at once', () => {
    const services = {
      'bad name': { discovery: { method: 'base' } },
      web: {
        discovery: { method: 'zookeeper', path: 'relative', hosts: [] },
        haproxy: { port: 70_000, server_options: 'check\nserver x' },
      },
    };
    const problems = problemsOf({ services, haproxy: { ...haproxy, do_checks: 'yes' } });
    expect(problems.map((one) => one.split(': ')[0])).to.have.members([
      'services.bad name',
      'services.web.discovery.path',
      'services.web.discovery.hosts',
      'services.web.haproxy.port',
      'services.web.haproxy.server_options',
      'haproxy.do_checks',
    ]);
  });

  it('asks for what the switched-on parts need', () => {
    const { global, defaults } = haproxy;
    expect(problemsOf({ haproxy: { global, defaults } }).map((one) => one.split(':')[0])).to.eql([
      'haproxy.config_file_path',
      'haproxy.socket_file_path',
      'haproxy.reload_command or master_socket_path',
    ]);
    expect(problemsOf({ haproxy: { ...haproxy, do_checks: true } })).to.deep.equal([
      'haproxy.check_command: is required while do_checks is true; give it, or set do_checks to false',
    ]);
    const off = { do_writes: false, do_socket: false, do_reloads: false };
    expect(problemsOf({ haproxy: { global, defaults, ...off } })).to.deep.equal([]);
  });

  it('takes digits for numbers, as Ruby does', () => {
    const numbers = { restart_interval: '3', restart_jitter: '0.5', server_order_seed: '7' };
    expect(synapseConfig({}, { ...numbers, max_server_id: '99' }).haproxy).to.include({
      restart_interval: 3,
      restart_jitter: 0.5,
      server_order_seed: 7,
      max_server_id: 99,
    });
  });

  it('makes as many of a service as load_test_concurrency says, on one port', () => {
    const { services } = synapseConfig({
      web: {
        discovery: { method: 'base' },
        haproxy: { port: 80, backend_name: 'b' },
        load_test_concurrency: 2,
      },
      shop: { discovery: { method: 'base' } },
    });
    const shown = Object.entries(services).map(
      ([
        name,
        {
          haproxy: { port, backend_name },
        },
      ]) => {
        return [name, port, backend_name];
      },
    );
    expect(shown).to.deep.equal([
      ['web_0', 80, 'b_0'],
      ['web_1', 80, 'b_1'],
      ['shop', undefined, undefined],
    ]);
  });

  it('refuses a service that is called, or wants, what a copy of another one does', () => {
    const web = { discovery: { method: 'base' }, haproxy: { port: 80 }, load_test_concurrency: 2 };
    const other = { discovery: { method: 'base' } };
    expect(problemsOf({ services: { web, web_1: other }, haproxy })).to.deep.equal([
      'services.web_1: the name web_1 is taken by the service web; must be another one',
    ]);
    expect(problemsOf({ services: { web_1: other, web }, haproxy })).to.deep.equal([
      'services.web.load_test_concurrency: the name web_1 is taken by the service web_1; ' +
        'must be another one',
    ]);
    const shop = { ...other, haproxy: { backend_name: 'web_0' } };
    expect(problemsOf({ services: { web, shop }, haproxy })).to.deep.equal([
      'services.shop.haproxy.backend_name: the backend web_0 is taken by the service web; ' +
        'must be another one',
    ]);
  });

  it('refuses two services on one port or one backend', () => {
    const service = { discovery: { method: 'base' }, haproxy: { port: 80, backend_name: 'b' } };
    expect(problemsOf({ services: { one: service, two: service }, haproxy })).to.deep.equal([
      'services.two.haproxy.backend_name: the backend b is taken by the service one; ' +
        'must be another one',
      'services.two.haproxy.port: localhost:80 is taken by the service one; must be another one',
    ]);
  });

  it('takes only what a ZooKeeper session takes', () => {
    const discovery = { method: 'zookeeper', path: '/services/', hosts: 'a:b' };
    expect(problemsOf({ services: { web: { discovery } }, haproxy })).to.deep.equal([
      'services.web.discovery.path: is "/services/"; ' +
        'must be a znode path such as "/production/services/web/services"',
      'services.web.discovery.hosts: is "a:b"; ' +
        'must be host:port, such as "10.0.0.1:2181" or a list',
    ]);
  });

  it('wants a port for each default server, from the server or the override', () => {
    const service = { discovery: { method: 'base' }, default_servers: [{ host: 'a' }] };
    expect(problemsOf({ services: { web: service }, haproxy })).to.have.length(1);
    const overridden = { ...service, backend_port_override: '8080' };
    expect(problemsOf({ services: { web: overridden }, haproxy })).to.deep.equal([]);
  });
});
