import * as pulumi from '@pulumi/pulumi';
import { expect } from 'chai';
import { InvalidEnvironmentError } from '../../infra/catalog/invalid-environment.ts';
import { lastDeployed } from '../../infra/last-deployed.ts';
import {
  type ProvisionArgs,
  type ProvisionedEnvironment,
  provisionEnvironment,
} from '../../infra/provision-environment.ts';
import { makeAuthority } from '../../infra/tls/issue.ts';
import type { KeyAndCertificate } from '../../infra/tls/key-and-certificate.ts';
import { freePort } from '../support/free-ports.ts';
import { recordResources } from '../support/pulumi-recorder.ts';
import { tutorialCatalog, tutorialHosts } from '../support/tutorial.ts';
import { EngineHarness } from './engine/harness.ts';

describe('provisionEnvironment', () => {
  const catalog = tutorialCatalog();
  const release = async () => ({ hash: 'ha5h', path: import.meta.filename });
  const args: ProvisionArgs = {
    ...{ catalog, hosts: tutorialHosts(catalog), folder: process.cwd() },
    deployed: { hosts: {}, services: {}, membership: undefined, authorities: [] },
    releases: { agent: release, node: release, zookeeper: release },
  };

  /** Stands for all that are made. */
  let pair: KeyAndCertificate;
  before(async () => {
    pair = await makeAuthority('tutorial', new Date());
  });

  /** What it made, and the URN of each resource from its type on: the rest is the stack's. */
  async function provision(
    options: () => pulumi.ComponentResourceOptions,
    up: Partial<ProvisionArgs['deployed']> = {},
    { tls, hosts = args.hosts }: { tls?: boolean; hosts?: ProvisionArgs['hosts'] } = {},
  ) {
    const ensemble = tls === undefined ? catalog.ensemble : { ...catalog.ensemble, tls };
    let made: ProvisionedEnvironment | undefined;
    const urns: Promise<string>[] = [];
    const program = async () => {
      pulumi.runtime.registerStackTransformation(({ resource, props, opts }) => {
        queueMicrotask(() => urns.push(textOf(resource.urn).then(typeAndName)));
        return { props, opts };
      });
      const deployed = { ...args.deployed, ...up };
      const wanted = { ...args, hosts, catalog: { ...catalog, ensemble }, deployed };
      made = await provisionEnvironment(wanted, options());
    };
    const resources = await recordResources(program, {
      outputs: ({ type }) => (type.includes('local') ? { stdout: JSON.stringify(pair) } : {}),
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
    const { resources: after } = await provision(() => ({}), {}, { hosts: rekeyed });
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

  describe('where it fails on hosts', () => {
    const harness = new EngineHarness();
    after(() => harness.remove());

    it('tells no authority before all hosts trust it, and then it does', async () => {
      const ensemble = { ...catalog.ensemble, tls: true };
      const members = ['zookeeper1', 'zookeeper2', 'zookeeper3'];
      const membership = { founders: {}, members, tls: true };
      const next = {
        ...args,
        catalog: { ...catalog, ensemble, authorities: [1, 2] },
        deployed: { ...args.deployed, membership, authorities: [1] },
      };
      const told = async (hosts: ProvisionArgs['hosts']) =>
        (await provisionEnvironment({ ...next, hosts })).authorities;
      const failed = await harness.run('up', async () => ({
        authorities: await told(await outOfReach()),
      }));
      expect(failed.failures).not.to.deep.equal([]);
      expect(failed.outputs).to.deep.equal({ authorities: [1] });
      const outputs = { stdout: JSON.stringify(pair) };
      let made: ProvisionedEnvironment['authorities'] | undefined;
      await recordResources(
        async () => {
          made = await told(args.hosts);
        },
        { outputs: ({ type }) => (type.includes('local') ? outputs : {}) },
      );
      expect(await settledValue(made ?? expect.fail())).to.deep.equal([1, 2]);
    });

    it('keeps the members of before until the ensemble is changed, and then tells the new ones', async () => {
      const grown = { founders: { zookeeper1: '192.0.2.11' }, members: ['zookeeper1'] };
      const deployed = { ...args.deployed, membership: grown };
      const failed = await harness.run('up', async () => {
        const hosts = await outOfReach();
        return {
          membership: (await provisionEnvironment({ ...args, hosts, deployed })).membership,
        };
      });
      expect(failed.failures).not.to.deep.equal([]);
      expect(failed.outputs.membership).to.deep.equal(grown);
      const { made } = await provision(() => ({}), { membership: grown });
      expect(await settledValue(made.membership)).to.deep.equal({
        founders: grown.founders,
        members: ['zookeeper1', 'zookeeper2', 'zookeeper3'],
      });
    });

    it('remembers no founders where no member ever started', async () => {
      const deployed: ProvisionArgs['deployed'][] = [];
      const run = async (hosts: ProvisionArgs['hosts']) =>
        await harness.run('up', async () => {
          deployed.push(await lastDeployed());
          const { membership } = await provisionEnvironment({ ...args, hosts });
          return { hosts: { zookeeper1: { id: 1, roles: ['zookeeper'] } }, membership };
        });
      await run(await outOfReach());
      await run(await outOfReach());
      expect(deployed[1]?.hosts).to.have.keys('zookeeper1');
      expect(deployed[1]?.membership).to.equal(undefined);
      const { made } = await provision(() => ({}));
      expect(await settledValue(made.membership))
        .to.have.property('members')
        .with.length(3);
    });

    it('tells no other port of a service before all instances are there, and then it does', async () => {
      const on = ['service_a_node_1', 'service_a_node_2'];
      const services = { service_a: { port: 9, on } };
      const deployed = { ...args.deployed, services };
      const failed = await harness.run('up', async () => {
        const hosts = await outOfReach();
        const made = await provisionEnvironment({ ...args, hosts, deployed });
        return { service_a: made.services.service_a, service_b: made.services.service_b };
      });
      expect(failed.outputs.service_a).to.deep.include({ port: 9, localPort: 3333, on });
      expect(failed.outputs.service_b).to.deep.include({ port: 8002 });
      const { made } = await provision(() => ({}), { services });
      const { port } = made.services.service_a ?? expect.fail();
      expect(await settledValue(pulumi.output(port))).to.equal(8001);
    });

    /** Nobody listens there. */
    async function outOfReach(): Promise<ProvisionArgs['hosts']> {
      const way = { host: '127.0.0.1', port: await freePort(), dialErrorLimit: 1 };
      return args.hosts.map((host) => ({ ...host, connection: { ...host.connection, ...way } }));
    }
  });

  describe('with TLS to ZooKeeper', () => {
    const members = ['zookeeper1', 'zookeeper2', 'zookeeper3'];
    const founders = Object.fromEntries(
      members.map((name, index) => [name, `192.0.2.${11 + index}`]),
    );
    const membership = { founders, members };
    const own = (name: string): boolean => !members.includes(name.split('/')[0] ?? '');

    it('gives members and service hosts what it takes, in this order', async () => {
      const { resources, made } = await provision(() => ({}), {}, { tls: true });
      expect(made.ensembleHosts[0]).to.equal('192.0.2.11:2281');
      const waitsFor = (name: string): readonly string[] =>
        resources.get(name)?.dependsOn ?? expect.fail(name);
      expect(waitsFor('zookeeper1/zookeeper.service')).to.include.members([
        'zookeeper1/etc/zookeeper/tls/member.pem',
        'zookeeper1/etc/zookeeper/tls/ensemble.pem',
      ]);
      expect(waitsFor('zookeeper1/zookeeper-door.service')).to.include.members([
        'zookeeper1/zookeeper.service',
        'zookeeper1/etc/zookeeper/tls/door.cfg',
        'zookeeper1/etc/zookeeper/tls/clients.pem',
      ]);
      expect(waitsFor('ensemble/membership')).to.deep.equal(
        members.map((name) => `${name}/zookeeper-door.service`),
      );
      const tunnel = 'service_a_node_1/zookeeper-tunnel.service';
      expect(waitsFor(tunnel)).to.include.members([
        'service_a_node_1/etc/smartstack/tls/host.pem',
        'service_a_node_1/etc/smartstack/tls/ensemble.pem',
        'service_a_node_1/etc/smartstack/zookeeper-tunnel.cfg',
      ]);
      for (const file of ['nerve.conf.json', 'nerve.d/service_a.json', 'synapse.conf.json']) {
        expect(waitsFor(`service_a_node_1/etc/smartstack/${file}`)).to.include(tunnel);
      }
      // Without services over TLS, a new certificate is nothing to synapse.
      expect(waitsFor('service_a_node_1/etc/smartstack/nerve.d/service_a.json')).not.to.include(
        'service_a_node_1/synapse.service',
      );
    });

    it('moves the service hosts before members close the other way', async () => {
      const { resources } = await provision(() => ({}), { membership }, { tls: true });
      expect(resources.get('ensemble/membership')?.dependsOn).to.include.members([
        'service_a_node_1/nerve.service',
        'service_b_node_1/synapse.service',
      ]);
      const tunnel = resources.get('service_a_node_1/zookeeper-tunnel.service');
      expect(tunnel?.dependsOn).to.include('zookeeper2/zookeeper-door.service');
    });

    it('moves them back after members have opened it', async () => {
      const last = { ...membership, tls: true };
      const { resources } = await provision(() => ({}), { membership: last }, { tls: false });
      expect(resources.get('ensemble/membership')?.dependsOn.filter(own)).to.deep.equal([]);
      const file = resources.get('service_a_node_1/etc/smartstack/nerve.conf.json');
      expect(file?.dependsOn).to.include('ensemble/membership');
      expect(
        [...resources.keys()].filter((name) => /tunnel|door|\/tls\//.test(name)),
      ).to.deep.equal([]);
    });

    it('keeps nobody waiting while it stays', async () => {
      const last = { ...membership, tls: true };
      const { resources } = await provision(() => ({}), { membership: last }, { tls: true });
      expect(resources.get('ensemble/membership')?.dependsOn.filter(own)).to.deep.equal([]);
      const file = resources.get('service_a_node_1/etc/smartstack/nerve.conf.json');
      expect(file?.dependsOn).not.to.include('ensemble/membership');
    });

    it('does not go without a word', async () => {
      const last = { ...membership, tls: true };
      const refused = await provisionEnvironment({
        ...args,
        deployed: { ...args.deployed, membership: last },
      }).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(InvalidEnvironmentError);
      expect(String(refused)).to.include('catalog: ensemble.tls: is on; say tls: false');
    });
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

function settledValue(output: pulumi.Output<unknown>): Promise<unknown> {
  return new Promise((resolve) => output.apply(resolve));
}
