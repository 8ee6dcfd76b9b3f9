import {
  CreateTagsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'chai';
import { withEnvironment } from '../../../../support/environment.ts';
import { eventually, throughout } from '../../../../support/eventually.ts';
import { type FakeApi, startFakeApi } from '../../../../support/fake-api.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';
import { startAws, type TestAws } from '../../../../support/moto.ts';
import { startWatcher, type WatcherBed } from '../../../../support/watcher-bed.ts';

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };

const answer = (body: string, status = 200) => ({ body, status });
const xml = (instances: string): string =>
  `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet>
     <item><instancesSet>${instances}</instancesSet></item>
   </reservationSet></DescribeInstancesResponse>`;
const instance = `<item><instanceId>i-1</instanceId>
  <privateIpAddress>10.0.0.1</privateIpAddress><privateDnsName>one</privateDnsName></item>`;

describe('discovery by EC2 tag', function () {
  // The first run brings moto.
  this.timeout(300_000);
  let aws: TestAws;
  let client: EC2Client;
  let bed: WatcherBed | undefined;
  let fake: FakeApi | undefined;

  before(async () => {
    aws = await startAws();
    client = new EC2Client({ region: 'eu-west-1', endpoint: aws.url, credentials });
  });

  after(async () => {
    client.destroy();
    await aws.stop();
  });

  afterEach(async () => {
    await bed?.stop();
    await fake?.stop();
    bed = undefined;
    fake = undefined;
  });

  const service = (aws_endpoint_url: string, tag_value: string) => ({
    discovery: {
      method: 'ec2tag' as const,
      tag_name: 'role',
      tag_value,
      aws_region: 'eu-west-1',
      aws_access_key_id: credentials.accessKeyId,
      aws_secret_access_key: credentials.secretAccessKey,
      aws_endpoint_url,
      check_interval: 0.1,
    },
    backend_port_override: 8_080,
  });

  async function run(tagValue: string): Promise<{ readonly id: string; readonly server: string }> {
    const image = { ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 };
    const { Instances: [instance] = [] } = await client.send(new RunInstancesCommand(image));
    const { InstanceId: id = '', PrivateIpAddress: ip, PrivateDnsName: name } = instance ?? {};
    const Tags = [{ Key: 'role', Value: tagValue }];
    await client.send(new CreateTagsCommand({ Resources: [id], Tags }));
    return { id, server: `${name}_${ip}:8080` };
  }

  it('finds the running instances with the tag, under their private addresses', async () => {
    const [one, two] = [await run('web'), await run('web')];
    await run('other');
    bed = startWatcher(service(aws.url, 'web'));
    await eventually(() => expect(bed?.servers()).to.have.members([one.server, two.server]));
    expect(bed.last().instances.every(({ unvouched }) => unvouched)).to.equal(true);
    await client.send(new TerminateInstancesCommand({ InstanceIds: [one.id] }));
    await eventually(() => expect(bed?.servers()).to.deep.equal([two.server]));
    await client.send(new TerminateInstancesCommand({ InstanceIds: [two.id] }));
    await eventually(() => expect(bed?.servers()).to.deep.equal([]));
    expect(bed.watcher.status).to.include({ method: 'ec2tag', watching: true });
  });

  it('keeps what it found while the API fails, cannot be reached or talks nonsense', async () => {
    fake = await startFakeApi(answer(xml(instance)));
    bed = startWatcher(service(fake.url, 'web'));
    await eventually(() => expect(bed?.servers()).to.deep.equal(['one_10.0.0.1:8080']));
    for (const behaviour of [answer('{"what": 1}'), answer('no', 400), 'cut'] as const) {
      fake.respond(behaviour);
      await eventually(() => expect(bed?.watcher.status.watching).to.equal(false));
      expect(bed.servers()).to.deep.equal(['one_10.0.0.1:8080']);
      fake.respond(answer(xml(instance)));
      await eventually(() => expect(bed?.watcher.status.watching).to.equal(true));
    }
    fake.respond(answer(xml(`${instance}<item><instanceId>i-2</instanceId></item>`)));
    await eventually(() => expect(bed?.last().rejected).to.have.length(1));
    expect(bed.last().rejected).to.deep.equal([
      { node: 'i-2', reason: 'host is no address or host name' },
    ]);
    fake.respond(answer(xml('')));
    await eventually(() => expect(bed?.servers()).to.deep.equal([]));
  });

  it('takes region and credentials from the environment, unless it is told others', () => {
    const environment = {
      AWS_REGION: 'eu-north-1',
      AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_PROFILE: undefined,
    };
    return withEnvironment(environment, async () => {
      fake = await startFakeApi(answer(xml('')));
      const told = service(fake.url, 'web');
      const { method, tag_name, tag_value, aws_endpoint_url, check_interval } = told.discovery;
      const discovery = { method, tag_name, tag_value, aws_endpoint_url, check_interval };
      const asksAs = (key: string, region: string): Promise<unknown> =>
        eventually(() => {
          const [, ...scope] = /Credential=(\w+)\/\d+\/([^/]+)\/ec2\//.exec(authorization()) ?? [];
          expect(scope).to.deep.equal([key, region]);
        });
      const authorization = (): string => fake?.headers.authorization ?? '';
      bed = startWatcher({ ...told, discovery });
      await asksAs('AKIAENVIRONMENT', 'eu-north-1');
      await bed.stop();
      bed = startWatcher(told);
      await asksAs('AKIATEST', 'eu-west-1');
    });
  });

  it('asks again after check_interval', async () => {
    fake = await startFakeApi(answer(xml(instance)));
    const clock = createFakeClock();
    const { discovery, ...rest } = service(fake.url, 'web');
    const slower = { ...discovery, check_interval: 7 };
    bed = startWatcher({ ...rest, discovery: slower }, { clock, random: () => 0 });
    await eventually(() => expect(clock.nextWakeMs()).to.equal(7_000));
    expect(fake.requests).to.have.length(1);
    await clock.advance(7_000);
    await eventually(() => expect(fake?.requests).to.have.length(2));
  });

  it('gives up on an answer that does not come', async () => {
    fake = await startFakeApi('silence');
    const clock = createFakeClock();
    bed = startWatcher(service(fake.url, 'web'), { clock });
    await eventually(() => expect(fake?.requests).to.have.length(1));
    await clock.advance(20_000);
    await eventually(() => expect(bed?.logger.events()).to.include('source-unreachable'));
    await throughout(() => expect(bed?.found).to.deep.equal([]), { durationMs: 100 });
  });
});
