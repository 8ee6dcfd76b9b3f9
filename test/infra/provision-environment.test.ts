import * as pulumi from '@pulumi/pulumi';
import { expect } from 'chai';
import { InvalidEnvironmentError } from '../../infra/catalog/invalid-environment.ts';
import {
  type ProvisionArgs,
  type ProvisionedEnvironment,
  provisionEnvironment,
} from '../../infra/provision-environment.ts';
import { recordResources } from '../support/pulumi-recorder.ts';
import { tutorialCatalog, tutorialHosts } from '../support/tutorial.ts';

describe('provisionEnvironment', () => {
  const catalog = tutorialCatalog();
  const release = async () => ({ hash: 'ha5h', path: import.meta.filename });
  const args: ProvisionArgs = {
    ...{ catalog, hosts: tutorialHosts(catalog), folder: process.cwd() },
    deployed: { hosts: {}, services: {}, membership: undefined },
    releases: { agent: release, node: release, zookeeper: release },
  };

  /** What it made, and the URN of each resource from its type on: the rest is the stack's. */
  async function provision(
    options: () => pulumi.ComponentResourceOptions,
    up: Partial<ProvisionArgs['deployed']> = {},
    hosts = args.hosts,
  ) {
    let made: ProvisionedEnvironment | undefined;
    const urns: Promise<string>[] = [];
    const resources = await recordResources(async () => {
      pulumi.runtime.registerStackTransformation(({ resource, props, opts }) => {
        queueMicrotask(() => urns.push(textOf(resource.urn).then(typeAndName)));
        return { props, opts };
      });
      const deployed = { ...args.deployed, ...up };
      made = await provisionEnvironment({ ...args, hosts, deployed }, options());
    });
    return { made: made ?? expect.fail(), resources, urns: await Promise.all(urns) };
  }

  it('keeps the URNs that stacks of users have: nothing of theirs is replaced', async () => {
    const { urns } = await provision(() => ({}));
    expect(urns.filter((urn) => !urn.includes('$command:'))).to.deep.equal([
      ...['zookeeper1', 'zookeeper2', 'zookeeper3'].map((name) => topUrn('ZookeeperMember', name)),
      topUrn('ZookeeperEnsemble', 'tutorial'),
      ...['service_a_node_1', 'service_a_node_2', 'service_b_node_1'].map((name) =>
        topUrn('ServiceHost', name),
      ),
    ]);
    expect(urns).to.include(
      'smartstack:index:ServiceHost$command:remote:Command::' +
        'service_a_node_1/etc/smartstack/nerve.d/service_a.json',
    );
  });

  it('tells what it made, for outputs and for what depends on it', async () => {
    const { made } = await provision(() => ({}));
    expect(made.ensembleHosts).to.deep.equal(
      ['192.0.2.11', '192.0.2.12', '192.0.2.13'].map((address) => `${address}:2181`),
    );
    expect([...made.members.keys()]).to.have.length(3);
    expect([...made.serviceHosts.keys()]).to.have.length(3);
    expect(made.hosts.zookeeper1).to.deep.equal({
      ...{ id: 11, roles: ['zookeeper'], address: '192.0.2.11' },
    });
  });

  it('rolls a release of the agent over the hosts that are up, one after the other', async () => {
    const { service_a_node_1, service_b_node_1 } = catalog.hosts;
    if (service_a_node_1 === undefined || service_b_node_1 === undefined) return expect.fail();
    const { resources } = await provision(() => ({}), {
      hosts: { service_a_node_1, service_b_node_1 },
    });
    const waitsFor = (host: string): readonly string[] | undefined =>
      resources.get(`${host}/roll-agent`)?.dependsOn.filter((name) => name.endsWith('roll-agent'));
    expect(waitsFor('service_a_node_1')).to.deep.equal([]);
    expect(waitsFor('service_a_node_2')).to.deep.equal(['service_a_node_1/roll-agent']);
    expect(waitsFor('service_b_node_1')).to.deep.equal(['service_a_node_1/roll-agent']);
  });

  it('starts a service anew on one host after the other, where it is deployed already', async () => {
    const on = ['service_a_node_1', 'service_a_node_2'];
    const { resources } = await provision(() => ({}), {
      services: { service_a: { port: 8001, on } },
    });
    const files = ['srv/smartstack/service_a/service-a.ts', 'etc/systemd/system/service_a.service'];
    const waitsFor = (host: string): readonly (readonly string[] | undefined)[] =>
      files.map((file) => resources.get(`${host}/${file}`)?.dependsOn);
    const [first, second] = on.map(waitsFor);
    expect(first).to.deep.equal(files.map(() => ['service_a_node_1/roll-agent']));
    expect(second).to.deep.equal(
      files.map(() => ['service_a_node_2/roll-agent', 'service_a_node_1/service_a.service']),
    );
  });

  it('has nerve told of another port first', async () => {
    const on = ['service_a_node_1', 'service_a_node_2'];
    const { resources } = await provision(() => ({}), { services: { service_a: { port: 9, on } } });
    const unit = resources.get('service_a_node_2/etc/systemd/system/service_a.service');
    expect(unit?.dependsOn).to.include('service_a_node_1/nerve.service');
  });

  it('changes nothing for another key of ssh but the way in: no daemon is restarted for it', async () => {
    const rekeyed = args.hosts.map((host) => ({
      ...host,
      connection: { ...host.connection, privateKey: 'another private key' },
    }));
    const { resources } = await provision(() => ({}));
    const { resources: after } = await provision(() => ({}), {}, rekeyed);
    expect([...after.keys()]).to.deep.equal([...resources.keys()]);
    for (const [name, { type, inputs }] of after) {
      if (!type.startsWith('command:')) continue;
      const { connection, ...same } = inputs;
      const { connection: before, ...others } = resources.get(name)?.inputs ?? {};
      expect(JSON.stringify(same), name).to.equal(JSON.stringify(others));
      expect(JSON.stringify(connection), name).to.include('another private key');
      expect(JSON.stringify(before), name).not.to.include('another private key');
    }
  });

  it('keeps no host waiting that gets a service for the first time', async () => {
    const { resources } = await provision(() => ({}));
    const unit = resources.get('service_a_node_2/etc/systemd/system/service_a.service');
    expect(unit?.dependsOn).to.deep.equal(['service_a_node_2/roll-agent']);
  });

  it('stands below a component of somebody else', async () => {
    class Platform extends pulumi.ComponentResource {}
    const { urns } = await provision(() => ({ parent: new Platform('own:index:Platform', 'all') }));
    expect(urns).to.include('own:index:Platform$smartstack:index:ServiceHost::service_b_node_1');
  });

  it('makes nothing where machines are missing', async () => {
    const hosts = args.hosts.slice(1);
    const refused = await provisionEnvironment({ ...args, hosts }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(InvalidEnvironmentError);
    expect(String(refused)).to.include('hosts: zookeeper1: is in the catalog');
  });
});

function topUrn(component: string, name: string): string {
  return `pulumi:pulumi:Stack$smartstack:index:${component}::${name}`;
}

function typeAndName(urn: string): string {
  return urn.split('::').slice(2).join('::');
}

function textOf(output: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => output.apply(resolve));
}
