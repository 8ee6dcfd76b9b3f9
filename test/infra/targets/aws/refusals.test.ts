import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config, runtime } from '@pulumi/pulumi';
import { expect } from 'chai';
import { InvalidEnvironmentError } from '../../../../infra/catalog/invalid-environment.ts';
import type { DeployedHosts } from '../../../../infra/catalog/rule.ts';
import type { Catalog } from '../../../../infra/catalog/schema.ts';
import { awsHosts } from '../../../../infra/targets/aws.ts';
import { refusalsOfAws } from '../../../support/aws-refusals.ts';
import { answerOf, catalogOf, region, runAws } from '../../../support/mock-aws.ts';
import { recordResources } from '../../../support/pulumi-recorder.ts';
import { EngineHarness } from '../../engine/harness.ts';

const zones = ['a', 'b', 'c'].map((letter) => `${region}${letter}`);

describe('awsHosts, before anything is made', () => {
  let folder: string;
  let privateKey: string;
  let settings: { readonly zones: readonly string[]; readonly ssh: object };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'aws-'));
    privateKey = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', privateKey]);
    settings = { zones, ssh: { from: ['203.0.113.0/24'], privateKey } };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => {
    runtime.setAllConfig({});
  });

  it('names everything that is wrong with the configuration at once, and where', async () => {
    const found = await mistakes({
      zones: ['eu-central-1', `${region}a`, `${region}a`],
      ssh: { from: ['0.0.0.0', '10.0.0.1/8'], privatKey: 'x' },
      network: { cidr: '10.93.0.0/24' },
      machines: { zookeeper: { type: 'small', rootGb: 4 } },
      data: { whenDown: 'drop' },
      kmsKeyArn: 'my-key',
      allow: [
        { source: '10.0.0.0/8', destination: '10.1.0.0/16', ports: 80 },
        { source: 'service', destination: '10.1.0.0/16', ports: '90-80' },
      ],
    });
    expect(found.map(({ path }) => path.replace('smartstack:aws.', ''))).to.deep.equal([
      ...['zones[0]', 'ssh.from[0]', 'ssh.from[1]', 'ssh.privatKey'],
      ...['network.cidr', 'machines.zookeeper.type', 'machines.zookeeper.rootGb'],
      ...['data.whenDown', 'kmsKeyArn', 'allow[0].destination', 'allow[1].ports'],
    ]);
    expect(found.find(({ path }) => path.endsWith('privatKey'))?.message).to.include(
      'did you mean privateKey?',
    );
  });

  it('misses what it cannot guess: region, zones, who may log in', async () => {
    runtime.setAllConfig({});
    const found = await mistakes({}, { aws: {} });
    expect(found.map(({ path }) => path)).to.deep.equal([
      'aws:region',
      'smartstack:aws.zones',
      'smartstack:aws.ssh',
    ]);
  });

  it('refuses settings that contradict each other, and names that nobody has', async () => {
    const found = await mistakes({
      ...settings,
      zones: [...zones, `${region}a`],
      network: { routeTableId: 'rtb-1' },
      machines: { hosts: { nobody: {} }, renew: ['bastion', 'noone'] },
      data: { volumes: { zookeeper9: 'vol-1' } },
    });
    expect(found.map(({ path }) => path)).to.deep.equal([
      'smartstack:aws.zones',
      'smartstack:aws.network.routeTableId',
      'smartstack:aws.machines.hosts.nobody',
      'smartstack:aws.data.volumes.zookeeper9',
      'smartstack:aws.machines.renew.noone',
    ]);
  });

  it('refuses credentials that what reads host keys could not use', async () => {
    const found = await mistakes(settings, {
      aws: { region, accessKey: 'AKIA', secretKey: 'x' },
    });
    expect(found.map(({ path, message }) => `${path} ${message}`)).to.deep.equal([
      'aws:accessKey is not supported; use aws:profile, or the variables of AWS',
      'aws:secretKey is not supported; use aws:profile, or the variables of AWS',
    ]);
  });

  it('wants a key that it can read and that EC2 takes', async () => {
    const locked = join(folder, 'locked');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', locked]);
    const ecdsa = join(folder, 'ecdsa');
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', ecdsa]);
    const with_ = async (key: string): Promise<string> => {
      const [problem] = await mistakes({ ...settings, ssh: { ...settings.ssh, privateKey: key } });
      return problem?.message ?? '';
    };
    expect(await with_('/no/such/key')).to.include('there is no file /no/such/key');
    expect(await with_(locked)).to.include('give one without a passphrase');
    expect(await with_(ecdsa)).to.include('EC2 takes ssh-ed25519 and ssh-rsa');
  });

  it('holds zones and types against what the region has', async () => {
    const wrongZone = await mistakes({ ...settings, zones: [...zones, `${region}x`] });
    expect(wrongZone).to.deep.equal([
      {
        path: 'smartstack:aws.zones[3]',
        message: `"${region}x" is no zone of ${region}; there are ${zones.join(', ')}, ${region}d`,
      },
    ]);
    const machines = {
      zookeeper: { type: 't2.small' },
      service: { type: 'm7i.large' },
      hosts: { web1: { type: 'm7g.metal' } },
      bastion: { type: 't4g.gigantic' },
    };
    const wrongTypes = await mistakes({ ...settings, machines }, { catalog: catalogOf(1, 4) });
    expect(wrongTypes.map(({ path, message }) => `${path} ${message}`)).to.deep.equal([
      'smartstack:aws.machines.zookeeper.type t2.small is no virtual machine of the Nitro system, ' +
        'x86-64 or arm64; take another one, as t4g.small',
      'smartstack:aws.machines.hosts.web1.type m7g.metal is no virtual machine of the Nitro ' +
        'system, x86-64 or arm64; take another one, as t4g.small',
      'smartstack:aws.machines.service.type m7i.large cannot be had in eu-central-1c; ' +
        'it can in eu-central-1a, eu-central-1b',
      'smartstack:aws.machines.bastion.type "t4g.gigantic" is no type of machine in eu-central-1; ' +
        'try t4g.small',
    ]);
  });

  it('stays within an existing VPC', async () => {
    const network = { vpcId: 'vpc-1', cidr: '10.1.0.0/20' };
    expect(await mistakes({ ...settings, network })).to.deep.equal([
      {
        path: 'smartstack:aws.network.cidr',
        message: '10.1.0.0/20 is not within vpc-1, which has 10.0.0.0/16',
      },
    ]);
  });

  it('moves no member, neither to another zone nor to another address', async () => {
    const zookeeper1 = { id: 11, roles: ['zookeeper' as const], zone: `${region}a` };
    const moved = await mistakes(
      { ...settings, network: { cidr: '10.94.0.0/20' } },
      { deployed: { zookeeper1: { ...zookeeper1, address: '10.93.0.11' } } },
    );
    expect(moved.map(({ path, message }) => `${path} ${message}`)).to.deep.equal([
      'hosts.zookeeper1 has the address 10.93.0.11 and would get 10.94.0.11, ' +
        'but members keep theirs; ' +
        'put smartstack:aws.network.cidr and the order of smartstack:aws.zones back',
    ]);
  });

  it('renews no two members at once', async () => {
    const machines = { renew: ['zookeeper1', 'web1', 'zookeeper3'] };
    expect(await mistakes({ ...settings, machines })).to.deep.equal([
      {
        path: 'smartstack:aws.machines.renew',
        message: 'names 2 members, zookeeper1, zookeeper3; renew one at a time',
      },
    ]);
  });

  it('renews no two instances of a service at once, where they are there', async () => {
    const there = { roles: ['service' as const] };
    const deployed = { web1: { id: 21, ...there }, web3: { id: 23, ...there } };
    const renewed = { ...settings, machines: { renew: ['web1', 'web2', 'web3'] } };
    expect(await mistakes(renewed, { catalog: catalogOf(1, 3), deployed })).to.deep.equal([
      {
        path: 'smartstack:aws.machines.renew',
        message: 'names web1, web3, which all run "web"; renew one at a time',
      },
    ]);
    const { resources } = await runAws({ catalog: catalogOf(1, 3), settings: renewed });
    expect([...resources.keys()]).to.include.members(['web1/machine', 'web3/machine']);
  });

  it('takes no machine to the other architecture unless it is to be made anew', async () => {
    const arm = { arch: 'arm64', bastionArch: 'arm64' };
    const deployed = {
      zookeeper1: { id: 11, roles: ['zookeeper' as const], ...arm },
      web1: { id: 21, roles: ['service' as const], ...arm },
      web2: { id: 22, roles: ['service' as const], ...arm },
    };
    const catalog = catalogOf(1, 2);
    const machines = { service: { type: 'm7i.large' }, bastion: { type: 'm7i.large' } };
    const found = await mistakes(
      { ...settings, machines: { ...machines, renew: ['web1'] } },
      { catalog, deployed },
    );
    const rest = (name: string) =>
      `m7i.large is x64, but ${name} runs on arm64 and would have to be made anew for it; ` +
      'name one after the other in smartstack:aws.machines.renew, with its type in ' +
      'machines.hosts, or take a type of arm64';
    expect(found.map(({ path, message }) => `${path} ${message}`)).to.deep.equal([
      `smartstack:aws.machines.service.type ${rest('web2')}`,
      `smartstack:aws.machines.bastion.type ${rest('bastion')}`,
    ]);
    const renew = ['web1', 'bastion'];
    const hosts = { web1: { type: 'm7i.large' } };
    const { resources } = await runAws({
      ...{ catalog, deployed },
      settings: { ...settings, machines: { bastion: machines.bastion, hosts, renew } },
    });
    for (const name of renew) {
      const { inputs, options } = resources.get(`${name}/machine`) ?? expect.fail(name);
      expect(inputs).to.include({ ami: 'ami-of-debian-12-amd64-*', instanceType: 'm7i.large' });
      expect(options.ignoreChanges).to.deep.equal([]);
    }
  });

  it('leaves the name of the bastion to the bastion', async () => {
    const { hosts, ...catalog } = catalogOf(1, 1);
    const named = {
      ...catalog,
      hosts: { ...hosts, bastion: { id: 99, roles: ['service' as const] } },
    };
    const [problem] = await mistakes(settings, { catalog: named });
    expect(problem?.path).to.equal('hosts.bastion');
  });

  it('warns of a zone without which there is no quorum', async () => {
    const said = await warnings(catalogOf(3, 1), { ...settings, zones: zones.slice(0, 2) });
    expect(said).to.include(`without ${region}a the ensemble has no quorum`);
  });

  it('warns of members that share a zone where the region has more', async () => {
    expect(await warnings(catalogOf(5, 1), settings)).to.include(
      `5 members stand in 3 zones, of which one takes several along, and ${region} has 4`,
    );
    const allZones = [...zones, `${region}d`];
    expect(await warnings(catalogOf(5, 1), { ...settings, zones: allZones })).to.equal('');
    expect(await warnings(catalogOf(3, 1), settings)).to.equal('');
  });

  for (const [what, reason, hint] of refusalsOfAws) {
    it(`says what to do when AWS answers: ${what}`, async () => {
      let said = '';
      await recordResources(
        () =>
          hostsOf(settings, {}).catch((error: unknown) => {
            said = String(error);
          }),
        {
          call: () => {
            throw Object.assign(new Error(reason), { details: reason });
          },
        },
      );
      expect(said).to.include(`could not find out which zones ${region} has`).and.include(reason);
      expect(said).to.include(`\n→ `).and.include(hint);
    });
  }

  for (const mode of ['up', 'preview'] as const) {
    it(`sends whoever has no Pulumi CLI to it, once, on ${mode}`, async () => {
      const harness = new EngineHarness();
      try {
        const { programErrors, failures, told } = await harness.run(mode, async () => {
          await hostsOf(settings, {});
        });
        expect(programErrors).to.have.length(1);
        expect(programErrors[0]).to.include(
          'the built-in engine does not carry out the function ' +
            'aws:index/getAvailabilityZones:getAvailabilityZones; install the Pulumi CLI',
        );
        expect({ failures, told }).to.deep.equal({ failures: [], told: [] });
      } finally {
        harness.remove();
      }
    });
  }
});

interface Change {
  readonly catalog?: Catalog;
  readonly deployed?: DeployedHosts;
  /** Configuration of Pulumi's provider. */
  readonly aws?: Readonly<Record<string, string>>;
}

async function hostsOf(settings: object, change: Change): Promise<void> {
  const { catalog = catalogOf(3, 1), deployed = {}, aws = { region } } = change;
  runtime.setConfig('smartstack:aws', JSON.stringify(settings));
  for (const [name, value] of Object.entries(aws)) runtime.setConfig(`aws:${name}`, value);
  const wanted = Object.entries(catalog.hosts).map(([name, host]) => ({ name, ...host }));
  await awsHosts({ catalog, wanted, config: new Config('smartstack'), deployed });
}

async function warnings(catalog: Catalog, settings: object): Promise<string> {
  const said: string[] = [];
  const { warn } = console;
  console.warn = (line: string) => said.push(line);
  try {
    await runAws({ catalog, settings });
  } finally {
    console.warn = warn;
  }
  return said.join('\n');
}

/** What is said to be wrong; nothing was made then. */
async function mistakes(
  settings: object,
  change: Change = {},
): Promise<InvalidEnvironmentError['problems']> {
  let problems: InvalidEnvironmentError['problems'] | undefined;
  const resources = await recordResources(
    async () => {
      try {
        await hostsOf(settings, change);
      } catch (error) {
        if (!(error instanceof InvalidEnvironmentError)) throw error;
        problems = error.problems;
      }
    },
    { call: answerOf },
  );
  const made = [...resources.values()].filter(({ type }) => !type.startsWith('pulumi:'));
  expect(made).to.deep.equal([]);
  return problems ?? expect.fail('should have been refused');
}
