import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { readDocument } from '../../../../../agent/config/read-document.ts';
import { parseSynapseConfig } from '../../../../../agent/config/synapse.ts';
import { withEnvironment } from '../../../../support/environment.ts';
import { eventually, throughout } from '../../../../support/eventually.ts';
import { startFakeApi } from '../../../../support/fake-api.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';
import { MemoryZooKeeper } from '../../../../support/memory-zookeeper.ts';
import { startAws, type TestAws } from '../../../../support/moto.ts';
import type { ServiceInput } from '../../../../support/synapse-config.ts';
import {
  startConfigured,
  startWatcher,
  type WatcherBed,
  type WatcherBedOptions,
} from '../../../../support/watcher-bed.ts';

type Multi = Extract<ServiceInput['discovery'], { readonly method: 'multi' }>;

describe('several watchers as one', () => {
  let folder: string;
  let bed: WatcherBed | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'multi-'));
  });

  afterEach(async () => {
    await bed?.stop();
    bed = undefined;
    await rm(folder, { recursive: true });
  });

  async function put(name: string, content: string): Promise<void> {
    const path = join(folder, name);
    await writeFile(`${path}.new`, content);
    await rename(`${path}.new`, path);
  }

  const registration = (port: number, labels: Record<string, string> = {}) => {
    return { host: '10.0.0.1', port, name: 'a', labels };
  };
  /** What the watcher of that name finds. */
  const say = (watcher: string, ...ports: readonly number[]): Promise<void> =>
    put(`${watcher}.json`, JSON.stringify(ports.map((port) => registration(port))));
  const file = (name: string) => ({ method: 'file' as const, path: join(folder, `${name}.json`) });
  const start = (resolver: Multi['resolver'], options?: WatcherBedOptions): void => {
    const watchers = { primary: file('primary'), secondary: file('secondary') };
    bed = startWatcher({ discovery: { method: 'multi', watchers, resolver } }, options);
  };
  const finds = (...ports: readonly number[]): Promise<unknown> =>
    eventually(() =>
      expect(bed?.servers()?.toSorted()).to.deep.equal(ports.map((one) => `a_10.0.0.1:${one}`)),
    );

  describe('union', () => {
    it('has the instances of all', async () => {
      await say('primary', 1, 2);
      await say('secondary', 2, 3);
      start({ method: 'union' });
      await eventually(() => expect(bed?.servers()).to.have.length(4));
      await say('primary');
      await finds(2, 3);
      await say('secondary');
      await finds();
      expect(bed?.watcher.status).to.include({ method: 'multi', watching: true });
    });

    it('keeps what is known of one that has not answered yet', async () => {
      const before = [1, 2].map((port) => registration(port));
      await say('primary', 1);
      start({ method: 'union' }, { before });
      await finds(1, 2);
      await say('primary', 3);
      await finds(2, 3);
      await say('secondary');
      await finds(3);
    });

    it('filters each by its own labels', async () => {
      const both = [registration(1, { az: 'a' }), registration(2, { az: 'b' })];
      await put('primary.json', JSON.stringify(both));
      await say('secondary', 3);
      const label_filters = [{ label: 'az', value: 'a', condition: 'equals' as const }];
      const watchers = {
        primary: { ...file('primary'), label_filters },
        secondary: file('secondary'),
      };
      const discovery = {
        method: 'multi' as const,
        watchers,
        resolver: { method: 'union' as const },
      };
      bed = startWatcher({ discovery });
      await finds(1, 3);
    });
  });

  for (const resolver of [
    { method: 'fallback' as const, patience: 0.5 },
    { method: 'sequential' as const, sequential_order: ['primary', 'secondary'], patience: 0.5 },
  ]) {
    it(`uses the next where the first has none (${resolver.method})`, async () => {
      await say('primary', 1);
      await say('secondary', 2);
      start(resolver);
      await finds(1);
      await say('primary');
      await finds(2);
      await say('primary', 3);
      await finds(3);
      // Not there is unreachable, which the next one may be as well.
      await rm(join(folder, 'primary.json'));
      await finds(2);
      await rm(join(folder, 'secondary.json'));
      await throughout(() => expect(bed?.servers()).to.deep.equal(['a_10.0.0.1:2']), {
        durationMs: 1_500,
      });
    });
  }

  it('takes several for one of them', async () => {
    await say('primary');
    await say('secondary', 2);
    await say('third', 3);
    const both = {
      method: 'multi' as const,
      watchers: { primary: file('primary'), secondary: file('secondary') },
      resolver: { method: 'union' as const },
    };
    const watchers = { both, third: file('third') };
    const resolver = {
      ...{ method: 'sequential' as const, sequential_order: ['both', 'third'] },
      patience: 0.5,
    };
    bed = startWatcher({ discovery: { method: 'multi', watchers, resolver } });
    await finds(2);
    await say('secondary');
    await finds(3);
    await say('primary', 1);
    await finds(1);
  });

  describe('s3_toggle', function () {
    // The first run brings moto.
    this.timeout(300_000);

    it('draws by a file of this host, and keeps its draw where that is bad', async () => {
      await say('primary', 1);
      await say('secondary', 2);
      const toggle_file_path = join(folder, 'toggle.yaml');
      start({ method: 's3_toggle', toggle_file_path, s3_polling_interval_seconds: 0.05 });
      await finds(1);
      await put('toggle.yaml', 'primary: 0\nsecondary: 5\n');
      await finds(2);
      const tooLong = `primary: 1 #${'x'.repeat(70_000)}`;
      for (const bad of ['primary: x', '[', '- primary', 'primary: 0', 'other: 1', tooLong]) {
        await put('toggle.yaml', bad);
        await throughout(() => expect(bed?.servers()).to.deep.equal(['a_10.0.0.1:2']), {
          durationMs: 200,
        });
      }
      const problems = bed?.logger.lines.filter(({ level }) => level === 'warn') ?? [];
      expect(problems.map(({ event }) => event)).to.include.members([
        'toggle-unread',
        'toggle-names-no-watcher',
      ]);
      await put('toggle.yaml', 'primary: 1\n');
      await finds(1);
    });

    it('draws by a file in S3, and keeps its draw while S3 is away', async () => {
      const aws: TestAws = await startAws();
      const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
      const options = { region: 'us-east-1', endpoint: aws.url, forcePathStyle: true };
      const client = new S3Client({ ...options, credentials });
      const toggle = (Body: string) =>
        client.send(new PutObjectCommand({ Bucket: 'toggles', Key: 'a/web.yaml', Body }));
      const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
      const draw = async (): Promise<void> => {
        await client.send(new CreateBucketCommand({ Bucket: 'toggles' }));
        await say('primary', 1);
        await say('secondary', 2);
        start({
          method: 's3_toggle',
          s3_url: 's3://toggles/a/web.yaml',
          s3_endpoint_url: aws.url,
          s3_polling_interval_seconds: 0.1,
        });
        await finds(1);
        await eventually(() => expect(bed?.logger.events()).to.include('toggle-unread'));
        await toggle('secondary: 1\n');
        await finds(2);
        aws.pause();
        await throughout(() => expect(bed?.servers()).to.have.length(1), { durationMs: 300 });
        aws.resume();
        await toggle('primary: 1\nsecondary: 0\n');
        await finds(1);
        await aws.stop();
        await say('primary', 3);
        await finds(3);
      };
      try {
        await withEnvironment(environment, draw);
      } finally {
        client.destroy();
        await aws.stop();
      }
    });
  });

  it('asks S3 where the environment says, as far as its options do not (s3_toggle)', async () => {
    const api = await startFakeApi({ body: 'secondary: 1\n' });
    const environment = {
      // A name, not an address: the bucket could be put before it.
      AWS_ENDPOINT_URL: `http://localhost:${api.port}`,
      AWS_REGION: 'eu-north-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    };
    try {
      await withEnvironment(environment, async () => {
        await say('primary', 1);
        await say('secondary', 2);
        start({
          method: 's3_toggle',
          s3_url: 's3://toggles/a/web.yaml',
          s3_polling_interval_seconds: 60,
        });
        await finds(2);
      });
      expect(api.requests[0]).to.match(/^\/toggles\/a\/web\.yaml(\?|$)/);
      expect(api.headers.authorization).to.include('/eu-north-1/s3/');
    } finally {
      await api.stop();
    }
  });

  it("runs the original's example", async () => {
    const read = await readDocument('test/support/compat/synapse/discovery-multi.conf.json');
    const parsed = parseSynapseConfig(read.ok ? read.value : undefined);
    const service = parsed.ok ? parsed.config.services.service1 : undefined;
    if (service === undefined) return expect.fail('not loaded');
    const path = '/services/service1';
    const [first, second] = [new MemoryZooKeeper(), new MemoryZooKeeper()];
    first.register(path, registration(1));
    second.register(path, registration(2));
    first.setData(path, '{"haproxy": {"backend_order": "asc"}}');
    const session = (hosts: readonly string[]) =>
      (hosts.includes('localhost:2181') ? first : second).session();
    const clock = createFakeClock();
    bed = startConfigured(service, { clock, session });
    second.connect();
    first.connect();
    await clock.advance(100);
    expect(bed.servers()).to.deep.equal(['a_10.0.0.1:1']);
    expect(bed.settings).to.deep.equal([{ haproxy: { backend_order: 'asc' } }]);
    first.disconnect();
    await clock.advance(9_000);
    expect(bed.servers()).to.deep.equal(['a_10.0.0.1:1']);
    await clock.advance(3_000);
    expect(bed.servers()).to.deep.equal(['a_10.0.0.1:2']);
    expect(bed.settings.at(-1)).to.deep.equal({});
    first.connect();
    await clock.advance(2_000);
    expect(bed.servers()).to.deep.equal(['a_10.0.0.1:1']);
    expect(bed.settings.at(-1)).to.deep.equal({ haproxy: { backend_order: 'asc' } });
  });
});
