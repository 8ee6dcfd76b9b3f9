import { expect } from 'chai';
import { parseNerveConfig, parseNerveServiceConfig } from '../../../agent/config/nerve.ts';
import { nerveFile, nerveServiceFiles } from '../../../infra/render/nerve.ts';
import { environmentWith } from '../../support/rendered-service.ts';
import { tutorialEnvironment } from '../../support/tutorial.ts';

describe('nerveFile', () => {
  it('names the host, where services stand and register themselves; valid for the agent', () => {
    const file = nerveFile(tutorialEnvironment(), 'service_a_node_1');
    expect(file).to.include({ path: '/etc/smartstack/nerve.conf.json', mode: '0644' });
    const config = JSON.parse(file.content);
    expect(config).to.deep.equal({
      instance_id: 'service_a_node_1',
      service_conf_dir: '/etc/smartstack/nerve.d',
      services: {},
      api_socket: '/run/smartstack/nerve.sock',
      state_path: '/var/lib/smartstack/nerve.state.json',
      dynamic_registration: {
        host: '192.0.2.21',
        zk_hosts: ['192.0.2.11:2181', '192.0.2.12:2181', '192.0.2.13:2181'],
        zk_path: '/tutorial/services/{service}/services',
      },
    });
    expect(parseNerveConfig(config)).to.include({ ok: true });
  });

  it('names the file of the secret where there is one, and what is owned with it', () => {
    const environment = { ...tutorialEnvironment(), registryAcl: 'read-only' } as const;
    const config = JSON.parse(nerveFile(environment, 'service_a_node_1').content);
    expect(config).to.deep.include({
      zk_digest_auth_file: '/etc/smartstack/zookeeper.secret',
      zk_acl: 'read-only',
      zk_acl_root: '/tutorial',
    });
    expect(parseNerveConfig(config)).to.include({ ok: true });
  });
});

describe('nerveServiceFiles', () => {
  it('registers each instance on its host, at its path', () => {
    const files = nerveServiceFiles(tutorialEnvironment(), 'service_a_node_1');
    expect([...files.keys()]).to.deep.equal(['service_a']);
    const file = files.get('service_a');
    expect(file).to.include({ path: '/etc/smartstack/nerve.d/service_a.json', mode: '0644' });
    expect(JSON.parse(file?.content ?? '')).to.deep.equal({
      host: '192.0.2.21',
      port: 8001,
      reporter_type: 'zookeeper',
      zk_hosts: ['192.0.2.11:2181', '192.0.2.12:2181', '192.0.2.13:2181'],
      zk_path: '/tutorial/services/service_a/services',
      check_interval: 1,
      checks: [{ type: 'http', uri: '/health', timeout: 1, rise: 1, fall: 1 }],
    });
  });

  it('are valid for the agent, on every host', () => {
    const environment = tutorialEnvironment();
    for (const host of environment.addresses.keys()) {
      for (const { path, content } of nerveServiceFiles(environment, host).values()) {
        expect(parseNerveServiceConfig(JSON.parse(content)), path).to.include({ ok: true });
      }
    }
  });

  it('carry the zone of the host, and statsd is told where it is', () => {
    const services = { web: { labels: { version: '42' } } };
    const statsd = { host: '192.0.2.9', port: 9_125 };
    const environment = environmentWith(services, { host: { zone: 'east' }, statsd });
    const content = nerveServiceFiles(environment, 'one').get('web')?.content ?? '';
    expect(JSON.parse(content).labels).to.deep.equal({ version: '42', zone: 'east' });
    expect(JSON.parse(nerveFile(environment, 'one').content).statsd).to.deep.equal(statsd);
  });

  it('are none on a host without instances', () => {
    expect(nerveServiceFiles(tutorialEnvironment(), 'zookeeper1').size).to.equal(0);
  });
});
