/** Which machine waits for what: for what changes a machine may stop it (law 9). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Input, output } from '@pulumi/pulumi';
import { expect } from 'chai';
import type { DeployedHosts } from '../../../../infra/catalog/rule.ts';
import type { Catalog } from '../../../../infra/catalog/schema.ts';
import { catalogOf, hostKeyOf, type MockRun, region, runAws } from '../../../support/mock-aws.ts';
import type { RecordedResource } from '../../../support/pulumi-recorder.ts';

describe('the machines of an environment', () => {
  let folder: string;
  let settings: object;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'aws-'));
    const privateKey = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', privateKey]);
    const zones = ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
    settings = { zones, ssh: { from: ['203.0.113.0/24'], privateKey } };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** With machines of type t4g.small, of which `deployed` are there. */
  async function up(machines: object, deployed: readonly string[], catalog = catalogOf(3, 3)) {
    const last = deployedOf(catalog, deployed);
    return await runAws({ catalog, settings: { ...settings, machines }, deployed: last });
  }

  const all = ['zookeeper1', 'zookeeper2', 'zookeeper3', 'web1', 'web2', 'web3'];
  const types = (type: string) => ({ zookeeper: { type }, service: { type } });

  it('are made one member at a time, and hosts of services all at once', async () => {
    const run = await up({}, []);
    const check = 'may-stop/t4g.small';
    expect(waits(run, 'zookeeper1/machine')).to.deep.equal([`zookeeper1/${check}`]);
    expect(waits(run, 'zookeeper2/machine')).to.deep.equal([
      'zookeeper1/serves',
      `zookeeper2/${check}`,
    ]);
    expect(waits(run, 'zookeeper3/machine')).to.include('zookeeper2/serves');
    for (const name of ['web1', 'web2', 'web3']) {
      expect(waits(run, `${name}/machine`)).to.deep.equal([]);
    }
    expect(waits(run, 'zookeeper1/serves')).to.deep.equal(['zookeeper1/data-mounted']);
    expect(waits(run, 'web1/services-serve')).to.deep.equal(['web1/booted']);
    for (const what of ['zookeeper1/serves', 'web1/booted', 'web1/services-serve']) {
      expect(find(run, what).inputs.stdin).to.equal('t4g.small\n');
    }
  });

  it('ask nobody where nobody serves yet, and are the same on the next run', async () => {
    const asks = (run: MockRun): readonly string[] =>
      [...run.resources.keys()].filter((name) => name.includes('/may-stop/'));
    const first = await up({}, []);
    const checks = [1, 2, 3].map((number) => `zookeeper${number}/may-stop/t4g.small`);
    expect(asks(first)).to.deep.equal(checks);
    const again = await up({}, all);
    expect(asks(again)).to.deep.equal(checks);
    for (const name of checks) {
      expect(find(first, name).inputs).not.to.have.property('create');
      // Whom to ask and how is no change of the check.
      expect(find(again, name).options.ignoreChanges).to.deep.equal(['connection', 'create']);
      expect(find(again, name).options.deletedWith).to.equal(undefined);
    }
    for (const name of ['web1', 'web2', 'web3']) {
      expect(waits(again, `${name}/machine`), 'nothing changes').to.deep.equal([]);
    }
    const told = await Promise.all(again.hosts.map(({ machineType }) => known(machineType)));
    expect(new Set(told)).to.deep.equal(new Set(['t4g.small']));
  });

  it('stop only once other members say that they are a whole quorum', async () => {
    const run = await up(types('m7g.medium'), all);
    const check = 'may-stop/m7g.medium';
    expect(waits(run, 'zookeeper1/machine')).to.deep.equal([`zookeeper1/${check}`]);
    expect(waits(run, `zookeeper2/${check}`)).to.deep.equal(['zookeeper1/serves']);
    expect(waits(run, 'zookeeper2/machine')).to.include(`zookeeper2/${check}`);
    for (const [name, id, host, key] of [
      // Before any turn: as the other one was last deployed.
      ['zookeeper1', 11, '10.93.1.12', 'ssh-ed25519 AAAAlast-of-zookeeper2'],
      ['zookeeper2', 12, '10.93.0.11', hostKeyOf('zookeeper1')],
      ['zookeeper3', 13, '10.93.1.12', hostKeyOf('zookeeper2')],
    ] as const) {
      const { create, connection } = find(run, `${name}/${check}`).inputs;
      expect(create).to.include(`MEMBER='\\''${id}'\\''`).and.include('zookeeper-await-whole');
      // The provider marks it as a secret.
      const { proxy, ...rest } = Reflect.get(Object(connection), 'value');
      expect(rest).to.include({ host, hostKey: key, user: 'admin' });
      expect(proxy).to.include({ host: '203.0.113.9', hostKey: hostKeyOf('bastion') });
    }
  });

  it('are asked about before they are made anew, too; a member alone has nobody to ask', async () => {
    const run = await up({ renew: ['zookeeper2'] }, all);
    expect(waits(run, 'zookeeper2/machine')).to.include('zookeeper3/serves');
    expect(waits(run, 'zookeeper3/machine')).to.include('zookeeper1/serves');
    const [check = expect.fail()] = [...run.resources.values()].filter(({ name }) =>
      /^zookeeper2\/may-stop\/t4g\.small\/[0-9a-f]{8}$/.test(name),
    );
    expect(check.inputs.create).to.include('zookeeper-await-whole');
    const alone = await up({ renew: ['zookeeper1'] }, ['zookeeper1', 'web1'], catalogOf(1, 1));
    const [unasked = expect.fail()] = [...alone.resources.values()].filter(({ name }) =>
      name.startsWith('zookeeper1/may-stop/'),
    );
    expect(unasked.inputs).not.to.have.property('create');
  });

  it('of services change one after the other, those that are made anew at the end', async () => {
    const changed = await up(types('m7g.medium'), ['web1', 'web3']);
    expect(waits(changed, 'web1/machine')).to.deep.equal([]);
    expect(waits(changed, 'web2/machine'), 'it is new').to.deep.equal([]);
    expect(waits(changed, 'web3/machine')).to.deep.equal(['web1/services-serve']);
    const machines = { hosts: { web3: { type: 'm7g.medium' } }, renew: ['web1'] };
    const renewed = await up(machines, all);
    expect(waits(renewed, 'web1/machine')).to.deep.equal(['web3/services-serve']);
    expect(waits(renewed, 'web2/machine'), 'it stays as it is').to.deep.equal([]);
    expect(waits(renewed, 'web3/machine')).to.deep.equal([]);
    expect(renewed.hosts.map(({ name }) => name)).to.deep.equal(all);
    const ready = renewed.hosts.map(({ ready: [last] = [] }) =>
      Reflect.get(Object(last), '__name'),
    );
    expect(ready.slice(2, 4)).to.deep.equal(['zookeeper3/serves', 'web1/booted']);
  });

  it('take turns again where the last run told nothing of them, for it failed', async () => {
    const { resources } = await runAws({
      catalog: catalogOf(1, 2),
      settings,
      deployed: deployedOf(catalogOf(1, 2), ['web1', 'web2'], {}),
    });
    const { dependsOn } = resources.get('web2/machine') ?? expect.fail();
    expect(dependsOn).to.include('web1/services-serve');
  });

  it('with both roles are members, and serve with all that they run', async () => {
    const { hosts, ...rest } = catalogOf(3, 1);
    const roles = ['zookeeper' as const, 'service' as const];
    const both = { ...rest, hosts: { ...hosts, zookeeper1: { id: 11, roles } } };
    const machines = types('m7g.medium');
    const run = await up(machines, ['zookeeper1', 'zookeeper2', 'zookeeper3', 'web1'], both);
    expect(waits(run, 'zookeeper1/services-serve')).to.deep.equal(['zookeeper1/serves']);
    expect(waits(run, 'zookeeper2/machine')).to.include('zookeeper1/services-serve');
    expect(waits(run, 'web1/machine')).to.deep.equal(['zookeeper1/services-serve']);
  });
});

function deployedOf(
  { hosts }: Catalog,
  names: readonly string[],
  told: object = { type: 't4g.small' },
): DeployedHosts {
  return Object.fromEntries(
    Object.entries(hosts)
      .filter(([name]) => names.includes(name))
      .map(([name, { id, roles }]) => {
        const place = (id % 10) - 1;
        const address = `10.93.${place}.${id}`;
        const hostKey = `ssh-ed25519 AAAAlast-of-${name}`;
        const machine = { ...told, arch: 'arm64', bastionArch: 'arm64', hostKey };
        return [name, { id, roles, zone: `${region}${'abc'[place]}`, address, ...machine }];
      }),
  );
}

/** For what else than the ground that all machines stand on. */
function waits(run: MockRun, name: string): readonly string[] {
  return find(run, name).dependsOn.filter(
    (other) => other.includes('/') && other !== 'bastion/open',
  );
}

function find({ resources }: MockRun, name: string): RecordedResource {
  return resources.get(name) ?? expect.fail(`there is no ${name}`);
}

async function known(input: Input<string> | undefined): Promise<unknown> {
  return await new Promise((resolve) => {
    output(input).apply(resolve);
  });
}
