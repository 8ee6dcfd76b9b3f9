import * as pulumi from '@pulumi/pulumi';
import { expect } from 'chai';
import { ServiceHost } from '../../../infra/components/service-host.ts';
import { serviceHostFiles } from '../../../infra/render/host.ts';
import { type RecordedResource, recordResources } from '../../support/pulumi-recorder.ts';
import { tutorialEnvironment, tutorialHosts } from '../../support/tutorial.ts';

describe('ServiceHost', () => {
  let resources: ReadonlyMap<string, RecordedResource>;

  const parts = () => {
    const environment = tutorialEnvironment();
    const host = tutorialHosts(environment.catalog).find(({ name }) => name === 'service_a_node_1');
    if (host === undefined) return expect.fail('the shipped catalog has this host');
    const archive = (hash: string) => ({ hash, path: import.meta.filename });
    return { environment, host, release: { node: archive('n0de'), agent: archive('a9e27') } };
  };

  before(async () => {
    const { environment, host, release } = parts();
    resources = await recordResources(() => {
      const files = serviceHostFiles(environment, host.name, (path) => `text of ${path}`);
      new ServiceHost({ host, files, ...release });
    });
  });

  it('names every file by host and path', () => {
    const files = [...resources.keys()].filter((name) => /\/(etc|srv)\//.test(name)).sort();
    expect(files).to.deep.equal([
      'service_a_node_1/etc/smartstack/nerve.conf.json',
      'service_a_node_1/etc/smartstack/nerve.d/service_a.json',
      'service_a_node_1/etc/smartstack/synapse.conf.json',
      'service_a_node_1/etc/systemd/system/haproxy.service',
      'service_a_node_1/etc/systemd/system/nerve.service',
      'service_a_node_1/etc/systemd/system/service_a.service',
      'service_a_node_1/etc/systemd/system/synapse.service',
      'service_a_node_1/srv/smartstack/service_a/service-a.ts',
    ]);
  });

  it('registers a service only after it was started, and stops it only after it left', () => {
    const registration = resources.get('service_a_node_1/etc/smartstack/nerve.d/service_a.json');
    expect(registration?.dependsOn).to.include('service_a_node_1/service_a.service');
    expect(registration?.inputs.delete).to.include('systemctl reload nerve');
  });

  it('tells its daemons of no members before they serve', async () => {
    const { environment, host, release } = parts();
    const waiting = await recordResources(() => {
      const files = serviceHostFiles(environment, host.name, (path) => `text of ${path}`);
      const serves = new pulumi.ComponentResource('test:index:Serves', 'serves');
      new ServiceHost({ host, files, ...release, servedBy: [serves] });
    });
    for (const file of ['nerve.conf.json', 'nerve.d/service_a.json', 'synapse.conf.json']) {
      const name = `service_a_node_1/etc/smartstack/${file}`;
      expect(waiting.get(name)?.dependsOn, file).to.include('serves');
    }
    expect(waiting.get('service_a_node_1/release/agent')?.dependsOn).to.not.include('serves');
  });

  it('starts HAProxy after synapse, which writes its configuration', () => {
    const haproxy = resources.get('service_a_node_1/haproxy.service');
    expect(haproxy?.dependsOn).to.include('service_a_node_1/synapse.service');
  });

  it('checks a configuration before a daemon gets it (law 5)', () => {
    for (const unit of ['nerve', 'synapse']) {
      const create = resources.get(`service_a_node_1/${unit}.service`)?.inputs.create;
      expect(create).to.include(`${unit}.mjs --check-config -c /etc/smartstack/${unit}.conf.json`);
    }
  });

  it('ignores no host key, and sends nothing of an earlier run', () => {
    const commands = [...resources.values()].filter(({ type }) => type.startsWith('command:'));
    expect(commands).to.have.length.above(10);
    for (const { inputs, type } of commands) {
      expect(JSON.stringify(inputs.connection)).to.include('ssh-ed25519 service_a_node_1');
      if (type === 'command:remote:Command') expect(inputs.addPreviousOutputInEnv).to.equal(false);
    }
  });
});
