import { expect } from 'chai';
import { parseSynapseConfig } from '../../../../agent/config/synapse.ts';

const contexts = { main: ['worker_processes 1'], events: [] };
const nginx = {
  contexts,
  config_file_path: '/cfg/nginx.conf',
  check_command: 'nginx -t',
  reload_command: 'nginx -s reload',
  start_command: 'nginx',
};
const file_output = { output_directory: '/out' };
const discovery = { method: 'base' };

function problemsOf(value: unknown): readonly string[] {
  const result = parseSynapseConfig(value);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('the generators in synapse.conf.json', () => {
  it('stand alone or beside HAProxy; without any there is nothing to do', () => {
    expect(problemsOf({ file_output })).to.deep.equal([]);
    expect(problemsOf({ nginx })).to.deep.equal([]);
    expect(problemsOf({})).to.deep.equal([
      'haproxy: is missing; must be there, unless file_output, nginx or template is',
    ]);
    const result = parseSynapseConfig({ file_output });
    if (!result.ok) return expect.fail();
    const off = { do_writes: false, do_socket: false, do_reloads: false };
    expect(result.config.haproxy).to.include(off);
  });

  it('have the defaults of the originals', () => {
    const result = parseSynapseConfig({ nginx, services: { web: { discovery } } });
    if (!result.ok) return expect.fail();
    expect(result.config.nginx).to.include({
      listen_address: 'localhost',
      do_writes: true,
      do_reloads: true,
      restart_interval: 2,
      restart_jitter: 0,
    });
    expect(result.config.services.web?.file_output).to.deep.equal({ disabled: false });
    expect(result.config.services.web?.nginx).to.deep.equal({
      disabled: false,
      mode: 'http',
      listen_options: '',
      upstream: [],
      server: [],
      upstream_order: 'asc',
      server_options: '',
    });
  });

  it('ask nginx for what the switched-on parts need', () => {
    expect(problemsOf({ nginx: { contexts } }).map((one) => one.split(':')[0])).to.deep.equal([
      'nginx.config_file_path',
      'nginx.check_command',
      'nginx.reload_command',
      'nginx.start_command',
    ]);
    const off = { do_writes: false, do_reloads: false };
    expect(problemsOf({ nginx: { contexts, ...off } })).to.deep.equal([]);
    expect(problemsOf({ nginx: { ...nginx, contexts: { main: [] } } })).to.deep.equal([
      'nginx.contexts.events: is missing; must be a list of lines, if an empty one',
    ]);
  });

  it('refuse two services on one port or upstream, those of HAProxy included', () => {
    const haproxy = { global: [], defaults: [], do_writes: false, do_socket: false };
    const services = {
      one: { discovery, haproxy: { port: 80 } },
      two: { discovery, nginx: { port: 80, upstream_name: 'three' } },
      three: { discovery, nginx: {} },
      four: { discovery, nginx: { mode: 'tcp', upstream_name: 'three' } },
    };
    expect(problemsOf({ haproxy: { ...haproxy, do_reloads: false }, nginx, services })).to.eql([
      'services.two.nginx.port: localhost:80 is taken by the service one; must be another one',
      'services.three.nginx.upstream_name: the http upstream three is taken by the service two; ' +
        'must be another one',
    ]);
  });

  it('take for a template what can be one', () => {
    const good = { template_path: '/t', output_path: '/o' };
    expect(problemsOf({ template: { hosts: good } })).to.deep.equal([]);
    const bad = { ...good, mode: 'rw', escape: 'xml', chekc_command: 'true' };
    expect(
      problemsOf({ template: { hosts: bad } }).map((one) => one.split(':')[0]),
    ).to.have.members([
      'template.hosts.mode',
      'template.hosts.escape',
      'template.hosts.chekc_command',
    ]);
  });
});
