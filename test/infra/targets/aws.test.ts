import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Input, isSecret, output } from '@pulumi/pulumi';
import { expect } from 'chai';
import { z } from 'zod';
import { ZookeeperMember } from '../../../infra/components/zookeeper-member.ts';
import { breaches } from '../../support/aws-breaches.ts';
import { catalogOf, hostKeyOf, type MockRun, region, runAws } from '../../support/mock-aws.ts';
import type { RecordedResource } from '../../support/pulumi-recorder.ts';

const kept = ['ami', 'keyName', 'rootBlockDevice.kmsKeyId'];
const sshFrom = ['203.0.113.0/24'];
const zones = ['a', 'b', 'c'].map((letter) => `${region}${letter}`);

describe('awsHosts', () => {
  let folder: string;
  let settings: { readonly zones: readonly string[]; readonly ssh: object };
  let run: MockRun;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aws-'));
    const privateKey = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', privateKey]);
    settings = { zones, ssh: { from: sshFrom, privateKey } };
    run = await runAws({ catalog: catalogOf(3, 2), settings });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const members of [1, 3, 5]) {
    for (const services of [1, 7, 50]) {
      it(`opens and shows nothing that it need not: ${members} members, ${services} hosts`, async () => {
        const { resources, hosts } = await runAws({
          catalog: catalogOf(members, services),
          settings,
        });
        expect(breaches(resources, { sshFrom })).to.deep.equal([]);
        expect(hosts).to.have.length(members + services);
        expect(ofType(resources, 'Instance')).to.have.length(members + services + 1);
        expect(ofType(resources, 'Volume')).to.have.length(members);
        const spread = zones.map((zone) => hosts.filter((host) => host.zone === zone).length);
        expect(Math.max(...spread) - Math.min(...spread)).to.be.at.most(2);
      });
    }
  }

  it('opens the TLS of a service among hosts, and not the service behind it', async () => {
    const plain = catalogOf(1, 2);
    const { web, shop } = plain.services;
    if (!web || !shop) return expect.fail('the catalog has both');
    const catalog = { ...plain, services: { web: { ...web, tls: true }, shop } };
    const { resources } = await runAws({ catalog, settings });
    const opened = [...resources.keys()].filter((name) => name.endsWith('-from-service'));
    expect(opened.filter((name) => name.startsWith('service/in-'))).to.have.members([
      'service/in-tcp-8002-from-service',
      'service/in-tcp-18001-from-service',
    ]);
  });

  it('tells of each host what every target tells, before there is one', () => {
    const told = run.hosts.map(({ name, address, zone, arch }) => [name, address, zone, arch]);
    expect(told).to.deep.equal([
      ['zookeeper1', '10.93.0.11', `${region}a`, 'arm64'],
      ['zookeeper2', '10.93.1.12', `${region}b`, 'arm64'],
      ['zookeeper3', '10.93.2.13', `${region}c`, 'arm64'],
      ['web1', '10.93.0.21', `${region}a`, 'arm64'],
      ['web2', '10.93.1.22', `${region}b`, 'arm64'],
    ]);
  });

  it('logs in through the bastion, with the host keys that AWS shows', async () => {
    const { connection } = run.hosts.find(({ name }) => name === 'web1') ?? expect.fail();
    expect(connection).to.include({ host: '10.93.0.21', user: 'admin', port: 22 });
    expect(await known(connection.hostKey)).to.equal(hostKeyOf('web1'));
    expect(await known(connection.proxy?.host)).to.equal('203.0.113.9');
    expect(await known(connection.proxy?.hostKey)).to.equal(hostKeyOf('bastion'));
    expect(await isSecret(output(connection.privateKey))).to.equal(true);
    expect(await isSecret(output(connection.proxy?.privateKey))).to.equal(true);
  });

  it('gives members a fixed address and a volume that no instance takes along', () => {
    for (const [name, zone] of [
      ['zookeeper1', 'a'],
      ['zookeeper3', 'c'],
    ] as const) {
      const networkInterface = find(run, `${name}/interface`);
      const volume = find(run, `${name}/data`);
      for (const { inputs } of [networkInterface, volume]) {
        expect(JSON.stringify(inputs)).not.to.include('machine');
      }
      expect(networkInterface.inputs.privateIps).to.have.length(1);
      expect(volume.inputs).to.include({ availabilityZone: `${region}${zone}`, size: 10 });
      expect(volume.options).to.include({ protect: true, retainOnDelete: true });
      expect(find(run, `${name}/data-attachment`).inputs).to.deep.equal({
        deviceName: '/dev/sdf',
        instanceId: `${name}/machine-id`,
        volumeId: `${name}/data-id`,
        stopInstanceBeforeDetaching: true,
      });
    }
    expect([...run.resources.keys()].filter((name) => name === 'web1/data')).to.deep.equal([]);
  });

  it('keeps a machine over a newer image or another key, and has one at a time at an address', () => {
    const { options, inputs } = find(run, 'zookeeper2/machine');
    expect(options.ignoreChanges).to.deep.equal(kept);
    expect(find(run, 'zookeeper2/data').options.ignoreChanges).to.deep.equal(['kmsKeyId']);
    expect(options.deleteBeforeReplace).to.equal(true);
    expect(inputs).to.include({ instanceInitiatedShutdownBehavior: 'stop' });
    expect(inputs.primaryNetworkInterface).to.deep.equal({
      networkInterfaceId: 'zookeeper2/interface-id',
    });
    expect(find(run, 'zookeeper2/interface').options.deleteBeforeReplace).to.equal(true);
  });

  it('makes those anew that are to be renewed, the bastion too', async () => {
    const machines = { renew: ['zookeeper2', 'web1', 'bastion'] };
    const renewed = await runAws({ catalog: catalogOf(3, 2), settings: { ...settings, machines } });
    for (const name of machines.renew) {
      // What is ignored stays in the state: an image or a key that AWS has no more.
      expect(find(renewed, `${name}/machine`).options.ignoreChanges).to.deep.equal([]);
    }
    for (const name of ['zookeeper1', 'web2']) {
      const { ignoreChanges } = find(renewed, `${name}/machine`).options;
      expect(ignoreChanges).to.deep.equal(kept);
    }
  });

  it('installs nothing on a member before its volume is mounted', async () => {
    const zookeeper = { hash: '2ee', path: import.meta.filename };
    const { resources } = await runAws({
      catalog: catalogOf(1, 1),
      settings,
      use: ([host = expect.fail()]) =>
        new ZookeeperMember({ host, files: [], zookeeper, heapMb: 128 }),
    });
    const prepared = resources.get('zookeeper1/prepared/zookeeper') ?? expect.fail();
    expect(prepared.dependsOn).to.deep.equal(['zookeeper1/serves']);
    expect(Reflect.get(Object(prepared.options.deletedWith), '__name')).to.equal(
      'zookeeper1/machine',
    );
    const mounted = resources.get('zookeeper1/data-mounted') ?? expect.fail();
    expect(mounted.inputs.stdin).to.equal('zookeeper1/data-id 10\n');
    expect(mounted.inputs.create).to.include("FOLDER='\\''/var/lib/zookeeper'\\''");
  });

  it('asks for the host key once in the life of an instance', () => {
    const { inputs } = find(run, 'web1/host-key');
    expect(inputs.triggers).to.deep.equal(['web1/machine-id']);
    expect(inputs.environment).to.deep.equal({ AWS_REGION: region, INSTANCE: 'web1/machine-id' });
    expect(inputs.update).to.equal('printf %s "$PULUMI_COMMAND_STDOUT"');
  });

  it('lets hosts of services find instances by tag, and members and the bastion nothing', () => {
    const profileOf = (name: string): unknown =>
      find(run, `${name}/machine`).inputs.iamInstanceProfile;
    expect(profileOf('web1')).to.equal('smartstack-discovery-profile');
    expect(profileOf('zookeeper1')).to.equal(undefined);
    expect(profileOf('bastion')).to.equal(undefined);
    const policy = find(run, 'smartstack-discovery-policy').inputs.policy;
    expect(JSON.parse(String(policy)).Statement).to.deep.equal([
      {
        Effect: 'Allow',
        Action: 'ec2:DescribeInstances',
        Resource: '*',
        Condition: { StringEquals: { 'ec2:Region': region } },
      },
    ]);
  });

  it('marks everything that can be marked', async () => {
    const tagged = await runAws({
      catalog: catalogOf(1, 1),
      settings: { ...settings, tags: { team: 'platform' } },
    });
    const without = ['RolePolicy', 'Route', 'RouteTableAssociation', 'VolumeAttachment'];
    const tags = z.looseObject({ Name: z.string(), team: z.literal('platform') });
    for (const { type, name, inputs } of tagged.resources.values()) {
      if (!type.startsWith('aws:') || without.includes(type.split(':').at(-1) ?? '')) continue;
      expect(tags.safeParse(inputs.tags).success, name).to.equal(true);
      expect(Object.keys(Object(inputs.tags)), name).to.include('smartstack:environment');
    }
  });

  it('makes machines of either processor, each from the image for it', async () => {
    const machines = {
      service: { type: 'm7i.large', rootGb: 20 },
      hosts: { web2: { type: 't4g.small' } },
    };
    const mixed = await runAws({
      catalog: catalogOf(3, 2),
      settings: { ...settings, machines, images: { arm64: 'ami-0123' } },
    });
    const archs = mixed.hosts.map(({ name, arch }) => `${name} ${arch}`);
    expect(archs.slice(-2)).to.deep.equal(['web1 x64', 'web2 arm64']);
    expect(find(mixed, 'web1/machine').inputs).to.include({ ami: 'ami-of-debian-12-amd64-*' });
    expect(find(mixed, 'web2/machine').inputs).to.include({ ami: 'ami-0123' });
    expect(find(mixed, 'web1/machine').inputs.rootBlockDevice).to.include({ volumeSize: 20 });
    expect(find(mixed, 'web2/machine').inputs.rootBlockDevice).to.include({ volumeSize: 20 });
  });

  it('keeps, gives up or refuses to touch data, as the configuration says', async () => {
    const fates = { refuse: [true, true], keep: [false, true], delete: [false, false] } as const;
    for (const [whenDown, [protect, retainOnDelete]] of Object.entries(fates)) {
      const kept = await runAws({
        catalog: catalogOf(1, 1),
        settings: { ...settings, data: { whenDown } },
      });
      expect(find(kept, 'zookeeper1/data').options).to.include({ protect, retainOnDelete });
    }
  });

  it('takes volumes over that are there, encrypts with a key of your own', async () => {
    const kmsKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b-2c';
    const own = await runAws({
      catalog: catalogOf(1, 1),
      settings: { ...settings, kmsKeyArn, data: { volumes: { zookeeper1: 'vol-0a1b' } } },
    });
    expect(find(own, 'zookeeper1/data').options.import).to.equal('vol-0a1b');
    expect(find(own, 'zookeeper1/data').inputs.kmsKeyId).to.equal(kmsKeyArn);
    for (const name of ['zookeeper1', 'web1', 'bastion']) {
      const { rootBlockDevice } = find(own, `${name}/machine`).inputs;
      expect(rootBlockDevice).to.include({ encrypted: true, kmsKeyId: kmsKeyArn });
    }
  });

  it('does without bastion and internet gateway where a VPC offers other ways', async () => {
    const network = { vpcId: 'vpc-0a1b', cidr: '10.0.16.0/20', routeTableId: 'rtb-0a1b' };
    const private_ = await runAws({
      catalog: catalogOf(3, 1),
      settings: { ...settings, network, ssh: { ...settings.ssh, bastion: false } },
    });
    const { resources, hosts } = private_;
    expect(breaches(resources, { sshFrom })).to.deep.equal([]);
    for (const kind of ['Vpc', 'InternetGateway', 'NatGateway', 'Eip', 'RouteTable', 'Route']) {
      expect(ofType(resources, kind), kind).to.deep.equal([]);
    }
    expect(ofType(resources, 'DefaultSecurityGroup')).to.deep.equal([]);
    expect(hosts.every(({ connection }) => connection.proxy === undefined)).to.equal(true);
    expect(hosts[0]?.address).to.equal('10.0.16.11');
    const tables = ofType(resources, 'RouteTableAssociation').map(
      ({ inputs }) => inputs.routeTableId,
    );
    expect(tables).to.deep.equal(['rtb-0a1b', 'rtb-0a1b', 'rtb-0a1b']);
    const ssh = ofType(resources, 'SecurityGroupIngressRule').filter(
      ({ inputs }) => inputs.toPort === 22,
    );
    expect(ssh.map(({ name }) => name).sort()).to.deep.equal([
      'service/in-tcp-22-from-203.0.113.0/24',
      'zookeeper/in-tcp-22-from-203.0.113.0/24',
    ]);
  });

  it('makes its own ways out in an existing VPC, through the gateway that is there', async () => {
    const network = { vpcId: 'vpc-0a1b', cidr: '10.0.16.0/20', nat: 'each-zone' };
    const { resources } = await runAws({
      catalog: catalogOf(3, 1),
      settings: { ...settings, network },
    });
    expect(breaches(resources, { sshFrom })).to.deep.equal([]);
    expect(ofType(resources, 'InternetGateway')).to.deep.equal([]);
    expect(resources.get('public/way-out')?.inputs.gatewayId).to.equal('igw-of-vpc-0a1b');
    expect(ofType(resources, 'NatGateway')).to.have.length(3);
    for (const zone of zones) {
      const table = resources.get(`private/${zone}/association`)?.inputs.routeTableId;
      expect(table).to.equal(`private/${zone}/routes-id`);
      const { inputs } = resources.get(`private/${zone}/way-out`) ?? expect.fail();
      expect(inputs.natGatewayId).to.equal(`nat/${zone}-id`);
    }
  });

  it('leaves hosts where they were made', async () => {
    const deployed = {
      zookeeper1: { id: 11, roles: ['zookeeper' as const], zone: `${region}c` },
      web1: { id: 21, roles: ['service' as const], zone: `${region}b` },
    };
    const again = await runAws({ catalog: catalogOf(3, 2), settings, deployed });
    expect(again.hosts.map(({ zone }) => zone?.at(-1)).join('')).to.equal('cabba');
  });
});

function ofType(resources: MockRun['resources'], kind: string): readonly RecordedResource[] {
  return [...resources.values()].filter(({ type }) => type.endsWith(`:${kind}`));
}

function find({ resources }: MockRun, name: string): RecordedResource {
  return resources.get(name) ?? expect.fail(`there is no ${name}`);
}

async function known(input: Input<string> | undefined): Promise<unknown> {
  return await new Promise((resolve) => {
    output(input).apply(resolve);
  });
}
