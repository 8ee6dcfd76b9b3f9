/** Docker, Marathon and Consul, by the API that each documents. */
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeCertificate } from '../../../../support/certificates.ts';
import { withEnvironment } from '../../../../support/environment.ts';
import { eventually, throughout } from '../../../../support/eventually.ts';
import { type FakeApi, type FakeBehaviour, startFakeApi } from '../../../../support/fake-api.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';
import type { ServiceInput } from '../../../../support/synapse-config.ts';
import { withTemporaryFolder } from '../../../../support/temporary-folder.ts';
import { startWatcher, type WatcherBed } from '../../../../support/watcher-bed.ts';

interface Platform {
  readonly name: string;
  readonly service: (api: FakeApi) => ServiceInput;
  /** Its answer with an instance on each of these ports of 10.0.0.1. */
  readonly list: (ports: readonly number[]) => unknown;
  /** The same list with one entry that is no instance. */
  readonly withBad: (list: unknown) => unknown;
  readonly server: (port: number) => string;
  readonly path: string;
  readonly deadlineMs: number;
}

const container = (port: number) => ({
  Id: `${port}`.repeat(8),
  Image: 'registry:5000/web:1.2',
  Ports: [
    { PrivatePort: 9_000, PublicPort: 1, Type: 'tcp' },
    { PrivatePort: 80, Type: 'tcp' },
    { PrivatePort: 80, PublicPort: 9, Type: 'udp' },
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: port, Type: 'tcp' },
  ],
});
const task = (port: number) => ({
  id: `web.${port}`,
  host: '10.0.0.1',
  ports: [1, port],
  startedAt: '2026-01-01T00:00:00.000Z',
});
const health = (port: number) => ({
  Node: { Node: 'node-1', Address: '10.0.0.9' },
  Service: {
    ID: `web/${port}`,
    Address: '10.0.0.1',
    Port: port,
    Meta: { version: '3' },
    Weights: { Passing: port, Warning: 1 },
  },
  Checks: [],
});
const tasksOf = (value: unknown): readonly unknown[] => Object(value).tasks;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const platforms: readonly Platform[] = [
  {
    name: 'Docker',
    service: ({ port }) => ({
      discovery: {
        method: 'docker',
        servers: [{ name: 'd', host: '127.0.0.1', port }],
        image_name: 'registry:5000/web',
        container_port: 80,
        check_interval: 0.05,
      },
    }),
    list: (ports) => [
      { ...container(7), Image: 'registry:5000/other:1.2' },
      { ...container(8), Ports: [{ PrivatePort: 81, PublicPort: 8, Type: 'tcp' }] },
      ...ports.map(container),
    ],
    withBad: (list) => [...listOf(list), { Image: 3 }],
    server: (port) => `d_127.0.0.1:${port}`,
    path: '/containers/json',
    deadlineMs: 5_000,
  },
  {
    name: 'Marathon',
    service: ({ url }) => ({
      discovery: {
        method: 'marathon',
        marathon_api_url: `${url}/ignored`,
        application_name: 'group/web',
        port_index: 1,
        check_interval: 0.05,
      },
    }),
    list: (ports) => ({ tasks: [...ports.map(task), { ...task(3), startedAt: null }] }),
    withBad: (list) => ({ tasks: [...tasksOf(list), { ...task(4), ports: [1] }] }),
    server: (port) => `10.0.0.1_10.0.0.1:${port}`,
    path: '/v2/apps/group/web/tasks',
    deadlineMs: 5_000,
  },
  {
    name: 'Consul',
    service: ({ url }) => ({
      discovery: { method: 'consul', consul_url: url, service_name: 'web', tags: ['a b'], wait: 1 },
    }),
    list: (ports) => ports.map(health),
    withBad: (list) => [...listOf(list), { ...health(6), Node: [] }],
    server: (port) => `node-1_10.0.0.1:${port}`,
    path: '/v1/health/service/web?passing=1&tag=a+b',
    deadlineMs: 6_100,
  },
];

describe('discovery on platforms', () => {
  let api: FakeApi;
  let bed: WatcherBed | undefined;

  beforeEach(async () => {
    api = await startFakeApi({ body: [] });
  });

  afterEach(async () => {
    await bed?.stop();
    bed = undefined;
    await api.stop();
  });

  for (const { name, service, list, withBad, server, path, deadlineMs } of platforms) {
    describe(name, () => {
      const finds = (...ports: readonly number[]): Promise<unknown> =>
        eventually(() => expect(bed?.servers()).to.deep.equal(ports.map(server)));
      const isLost = (): Promise<unknown> =>
        eventually(() => expect(bed?.watcher.status.watching).to.equal(false));

      it('finds instances, sees them change, and believes that there are none', async () => {
        api.respond({ body: list([81, 82]) });
        bed = startWatcher(service(api));
        await finds(81, 82);
        expect(api.requests[0]).to.equal(path);
        expect(bed.last().instances.every(({ unvouched }) => unvouched)).to.equal(true);
        api.respond({ body: list([82, 83]) });
        await finds(82, 83);
        api.respond({ body: list([]) });
        await finds();
        expect(bed.last().rejected).to.deep.equal([]);
      });

      it('tells of the same answer once, however often it asks', async () => {
        api.respond({ body: list([81]) });
        bed = startWatcher(service(api));
        await eventually(() => expect(api.requests.length).to.be.greaterThan(5));
        expect(bed.found).to.have.length(1);
      });

      const badAnswers: Readonly<Record<string, FakeBehaviour>> = {
        'an error': { status: 500, body: list([]) },
        'not being found': { status: 404, body: 'no such page' },
        'no JSON': { body: '[{' },
        'JSON of another kind': { body: { containers: 'none', tasks: { length: 1 } } },
        'text for JSON': { body: '"[]"' },
        'a connection that is cut': 'cut',
        'ten million brackets': { body: '['.repeat(10_000_000) },
        'a body without end': 'flood',
      };
      for (const [what, behaviour] of Object.entries(badAnswers)) {
        it(`keeps what it found over ${what}`, async () => {
          api.respond({ body: list([81]) });
          bed = startWatcher(service(api));
          await finds(81);
          api.respond(behaviour);
          await isLost();
          expect(bed.logger.events()).to.include('source-unreachable');
          expect(bed.servers()).to.deep.equal([server(81)]);
          api.respond({ body: list([82]) });
          await finds(82);
          expect(bed.logger.events().at(-1)).to.equal('source-reachable');
        });
      }

      it('leaves out what is no instance, and names it', async () => {
        api.respond({ body: withBad(list([81])) });
        bed = startWatcher(service(api));
        await finds(81);
        expect(bed.last().rejected).to.have.length(1);
      });

      it('keeps what it found while nobody is there', async () => {
        api.respond({ body: list([81]) });
        bed = startWatcher(service(api));
        await finds(81);
        await api.stop();
        await isLost();
        expect(bed.servers()).to.deep.equal([server(81)]);
        api = await startFakeApi({ body: [] });
      });

      it('gives up on an answer that does not come, and asks again', async () => {
        api.respond('silence');
        const clock = createFakeClock();
        bed = startWatcher(service(api), { clock });
        await eventually(() => expect(api.requests).to.have.length(1));
        await clock.advance(deadlineMs);
        await eventually(() => expect(bed?.logger.events()).to.include('source-unreachable'));
        expect(bed.found).to.deep.equal([]);
        api.respond({ body: list([81]) });
        await eventually(async () => {
          await clock.advance(1_000);
          expect(bed?.servers()).to.deep.equal([server(81)]);
        });
      });

      it('ends while it waits for an answer', async () => {
        api.respond('silence');
        bed = startWatcher(service(api));
        await eventually(() => expect(api.requests).to.have.length(1));
        await bed.stop();
      });
    });
  }

  describe('Docker', () => {
    it('keeps the containers of a server that is away, from before the start too', async () => {
      const away = await startFakeApi('cut');
      const name = (port: number): string => `s${port}`;
      const servers = [api, away].map(({ port }) => ({
        name: name(port),
        host: '127.0.0.1',
        port,
      }));
      api.respond({ body: [container(81)] });
      const options = { image_name: 'registry:5000/web', container_port: 80, check_interval: 0.05 };
      const discovery = { method: 'docker' as const, servers, ...options };
      const instance = (at: FakeApi, port: number) => {
        return { name: name(at.port), host: '127.0.0.1', port, labels: {} };
      };
      const before = [instance(api, 80), instance(away, 90)];
      const server = (at: FakeApi, port: number): string => `${name(at.port)}_127.0.0.1:${port}`;
      bed = startWatcher({ discovery }, { before });
      // Whose the one of before is that is gone nobody can tell: it stays as well.
      const all = [server(api, 80), server(api, 81), server(away, 90)];
      await eventually(() => expect(bed?.servers()).to.have.members(all));
      expect(bed.watcher.status.watching).to.equal(false);
      away.respond({ body: [container(91)] });
      const now = [server(api, 81), server(away, 91)];
      await eventually(() => expect(bed?.servers()).to.have.members(now));
      await away.stop();
      api.respond({ body: [] });
      await eventually(() => expect(bed?.servers()).to.deep.equal([server(away, 91)]));
    });

    it('asks over a Unix socket, and understands ports as they were written once', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'docker-test-'));
      const socket_path = join(folder, 'docker.sock');
      const ports = '0.0.0.0:49153->6379/tcp, 0.0.0.0:49154->80/tcp';
      const body = [{ Image: 'redis', Id: 'a', Ports: ports }];
      const daemon = await startFakeApi({ body }, { socketPath: socket_path });
      try {
        const options = { image_name: 'redis', container_port: 6_379, check_interval: 0.05 };
        bed = startWatcher({
          discovery: { method: 'docker', servers: [{ socket_path }], ...options },
        });
        await eventually(() => expect(bed?.servers()).to.deep.equal(['127.0.0.1:49153']));
      } finally {
        await daemon.stop();
        await rm(folder, { recursive: true });
      }
    });

    it('asks over TLS with certificates of its own, read anew each time', () =>
      withTemporaryFolder(async (folder) => {
        const put = async (name: string): Promise<void> => {
          const { certPath, keyPath } = await makeCertificate(folder, name, ['IP:127.0.0.1']);
          for (const [from, to] of [
            ...[[certPath, 'ca.pem'] as const, [certPath, 'cert.pem'] as const],
            ...[[keyPath, 'key.pem'] as const],
          ]) {
            await copyFile(from, join(folder, to));
          }
        };
        await put('docker');
        const [cert, key] = await Promise.all(
          ['cert.pem', 'key.pem'].map((name) => readFile(join(folder, name))),
        );
        if (cert === undefined || key === undefined) return expect.fail();
        const daemon = await startFakeApi(
          { body: [container(81)] },
          { tls: { cert, key, ca: cert } },
        );
        const servers = [{ name: 'd', port: daemon.port, cert_path: folder }];
        const options = {
          image_name: 'registry:5000/web',
          container_port: 80,
          check_interval: 0.05,
        };
        try {
          bed = startWatcher({ discovery: { method: 'docker', servers, ...options } });
          await eventually(() => expect(bed?.servers()).to.deep.equal(['d_127.0.0.1:81']));
          // A stranger is not told, and does not believe.
          await put('stranger');
          await eventually(() => expect(bed?.watcher.status.watching).to.equal(false));
          await copyFile(join(folder, 'docker.crt'), join(folder, 'ca.pem'));
          await throughout(() => expect(bed?.watcher.status.watching).to.equal(false), {
            durationMs: 200,
          });
          await copyFile(join(folder, 'docker.crt'), join(folder, 'cert.pem'));
          await copyFile(join(folder, 'docker.key'), join(folder, 'key.pem'));
          await eventually(() => expect(bed?.watcher.status.watching).to.equal(true));
          expect(bed.servers()).to.deep.equal(['d_127.0.0.1:81']);
        } finally {
          await bed?.stop();
          bed = undefined;
          await daemon.stop();
        }
      }));

    it('takes the folder of its certificates from the environment, too', () =>
      withEnvironment({ DOCKER_CERT_PATH: '/nowhere' }, async () => {
        const servers = [{ port: api.port }];
        bed = startWatcher({
          discovery: { method: 'docker', servers, image_name: 'web', container_port: 80 },
        });
        await eventually(() => {
          const line = bed?.logger.lines.find(({ event }) => event === 'source-unreachable');
          expect(line?.reason).to.match(/no such file.*\/nowhere\/\w+\.pem/);
        });
      }));

    it('asks each server at its host, where its containers are reached as well', async () => {
      const host = '127.0.0.2';
      const other = await startFakeApi({ body: [container(82)] }, { host });
      api.respond({ body: [container(81)] });
      const servers = [{ port: api.port }, { host, port: other.port }];
      const options = { image_name: 'registry:5000/web', container_port: 80 };
      try {
        bed = startWatcher({ discovery: { method: 'docker', servers, ...options } });
        const all = ['127.0.0.1:81', '127.0.0.2:82'];
        await eventually(() => expect(bed?.servers()).to.deep.equal(all));
      } finally {
        await other.stop();
      }
    });
  });

  describe('Marathon', () => {
    /** From then on `bed` watches an application with one instance. */
    async function findsOne(more: { readonly marathon_api_path?: string } = {}): Promise<void> {
      const discovery = {
        method: 'marathon' as const,
        marathon_api_url: api.url,
        application_name: 'web',
        check_interval: 0.05,
        ...more,
      };
      api.respond({ body: { tasks: [task(81)] } });
      bed = startWatcher({ discovery });
      await eventually(() => expect(bed?.servers()).to.have.length(1));
    }

    it('asks at marathon_api_path, with the name of the application in it', async () => {
      await findsOne({ marathon_api_path: '/mesos/%{app}/tasks?of=%{app}' });
      expect(api.requests[0]).to.equal('/mesos/web/tasks?of=web');
    });

    it('takes an application that it does not know for one without instances', async () => {
      await findsOne();
      api.respond({ status: 404, body: { message: "App '/web' does not exist" } });
      await eventually(() => expect(bed?.servers()).to.deep.equal([]));
    });

    it('takes what a gateway before it does not find for no answer', async () => {
      await findsOne();
      const asked = api.requests.length;
      api.respond({ status: 404, body: { message: 'no Route matched with those values' } });
      await eventually(() => expect(api.requests.length).to.be.greaterThan(asked + 3));
      expect(bed?.servers()).to.have.length(1);
      expect(bed?.logger.events()).to.deep.equal(['source-unreachable']);
    });
  });

  describe('Consul', () => {
    const discovery = {
      method: 'consul' as const,
      service_name: 'web',
      datacenter: 'dc1',
      token: 's3cret',
      wait: 60,
    };

    it('waits there for each change, and passes on labels, weights and who asks', async () => {
      const waiting: ((answer: { body: unknown; headers: Record<string, string> }) => void)[] = [];
      const answer = (index: number, ports: readonly number[]) => {
        return { body: ports.map(health), headers: { 'x-consul-index': `${index}` } };
      };
      api.respond((request) =>
        request.url?.includes('index=')
          ? new Promise((resolve) => waiting.push(resolve))
          : answer(7, [1, 600]),
      );
      bed = startWatcher({ discovery: { ...discovery, consul_url: api.url } });
      await eventually(() => expect(waiting).to.have.length(1));
      expect(api.requests).to.deep.equal([
        '/v1/health/service/web?passing=1&dc=dc1',
        '/v1/health/service/web?passing=1&dc=dc1&index=7&wait=60000ms',
      ]);
      expect(api.headers['x-consul-token']).to.equal('s3cret');
      const [first, second] = bed.last().instances;
      expect(first)
        .to.deep.include({ labels: { version: '3' } })
        .and.not.have.property('weight');
      expect(second).to.include({ weight: 256 });
      waiting[0]?.(answer(8, [2]));
      await eventually(() => expect(bed?.servers()).to.deep.equal(['node-1_10.0.0.1:2']));
      // A server that was replaced counts from anew.
      await eventually(() => expect(waiting).to.have.length(2));
      waiting[1]?.(answer(3, []));
      await eventually(() =>
        expect(bed?.servers()).to.deep.equal(['node-1_10.0.0.1:1', 'node-1_10.0.0.1:600']),
      );
    });

    it('does not ask in a tight loop where nothing waits', async () => {
      api.respond({ body: [], headers: { 'x-consul-index': '7' } });
      bed = startWatcher({ discovery: { ...discovery, consul_url: api.url } });
      await throughout(() => expect(api.requests.length).to.be.lessThan(12), { durationMs: 1_000 });
    });
  });
});
