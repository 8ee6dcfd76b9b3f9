import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, connect } from 'node:tls';
import { expect } from 'chai';
import { makeAuthority } from '../../../../infra/tls/issue.ts';
import { startBackend, type TestBackend } from '../../../support/backend.ts';
import { type ChildServer, startChildServer } from '../../../support/child-server.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePorts } from '../../../support/free-ports.ts';
import {
  environmentWith,
  renderedConfig,
  renderedHaproxy,
  type ServiceOptions,
} from '../../../support/rendered-service.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { createTlsLab, type TlsFiles, type TlsLab, withFiles } from '../../../support/tls-lab.ts';
import { request } from '../../../support/traffic.ts';

describe('TLS between hosts, with real HAProxies', () => {
  let bed: SynapseBed;
  let lab: TlsLab;
  let children: ChildServer[];
  let backends: TestBackend[];

  beforeEach(async () => {
    bed = await createSynapseBed();
    lab = await createTlsLab();
    children = [];
    backends = [];
  });

  afterEach(async () => {
    await bed.destroy();
    await lab.destroy();
    await Promise.all(children.map((child) => child.kill()));
    await Promise.all(backends.map((backend) => backend.stop()));
  });

  /** A consumer's synapse and HAProxy, as installed; `issue` is that of its certificate. */
  const configure = (files: TlsFiles, options: ServiceOptions = {}, issue = '1 of a'): void => {
    const { haproxy } = renderedConfig(environmentWith({ web: { ...options, tls: true } }));
    const lines = haproxy?.extra_sections?.['backend certificates.tls'] ?? [];
    const web = renderedHaproxy({ ...options, tls: true });
    bed.configure({
      web: { ...web, server_options: withFiles(`${web.server_options}`, files) },
      haproxy: {
        global: ['maxconn 1000', 'log 127.0.0.1:9 local0'],
        defaults: [haproxy?.defaults ?? []].flat(),
        extra_sections: {
          'backend certificates.tls': [lines]
            .flat()
            .map((line) => withFiles(line, files).replace('(issue)', issue)),
        },
      },
    });
  };
  const startConsumer = async (options: ServiceOptions = {}, files?: TlsFiles): Promise<void> => {
    configure(files ?? (await lab.files({ names: [] })), options);
    await bed.startSynapse();
    await bed.haproxy.start();
  };
  const register = (name: string, port: number): string =>
    bed.zookeeper.register(bed.path, { host: '127.0.0.1', port, name });
  const up = async (): Promise<readonly string[]> =>
    (await bed.haproxy.servers())
      .filter(({ backend, up, admin }) => backend === 'web' && up && admin === 'ready')
      .map(({ name }) => name.replace(/_127.*/, ''));
  const expectUp = async (...names: readonly string[]): Promise<void> => {
    await eventually(async () => expect(await up()).to.have.members(names));
  };
  const backend = async (name: string): Promise<TestBackend> => {
    const started = await startBackend(name);
    backends.push(started);
    return started;
  };
  /** An instance in a process of its own behind TLS, registered. */
  const startInstance = async (name: string, options: ServiceOptions = {}): Promise<void> => {
    const [port = 0] = await freePorts(1);
    children.push(await startChildServer(port));
    register(name, (await lab.startProducer(port, options)).port);
  };

  it('carries requests, and takes and loses instances without a reload', async () => {
    await startConsumer();
    const [one, two] = [await backend('one'), await backend('two')];
    register('one', (await lab.startProducer(one.port)).port);
    await expectUp('one');
    expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'one' });
    const second = register('two', (await lab.startProducer(two.port)).port);
    await expectUp('one', 'two');
    await eventually(async () => expect((await request(bed.url)).body).to.equal('two'));
    bed.zookeeper.remove(bed.path, second);
    await eventually(async () => {
      const names = (await bed.haproxy.servers()).filter((server) => server.backend === 'web');
      expect(names).to.have.length(1);
    });
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
    expect(bed.logger.events()).not.to.include('step-refused');
  });

  it('sends nothing to a host whose certificate does not name the service', async () => {
    await startConsumer();
    const [real, foreign] = [await backend('real'), await backend('foreign')];
    const names = ['shop.services.test.smartstack', 'web.services.other.smartstack'];
    register('real', (await lab.startProducer(real.port)).port);
    register(
      'foreign',
      (await lab.startProducer(foreign.port, {}, await lab.files({ names }))).port,
    );
    await expectUp('real');
    const answers = await Promise.all(Array.from({ length: 20 }, () => request(bed.url)));
    expect(new Set(answers.map(({ body }) => body))).to.deep.equal(new Set(['real']));
    expect(foreign.answered).to.equal(0);
  });

  it('sends nothing to a host with a certificate of another authority', async () => {
    await startConsumer();
    const [real, foreign] = [await backend('real'), await backend('foreign')];
    const authority = await makeAuthority('test', new Date());
    register('real', (await lab.startProducer(real.port)).port);
    register(
      'foreign',
      (await lab.startProducer(foreign.port, {}, await lab.files({ authority }))).port,
    );
    await expectUp('real');
    expect(foreign.answered).to.equal(0);
  });

  it('answers whoever has a certificate of the authority, and nobody else', async () => {
    const one = await backend('one');
    const { port } = await lab.startProducer(one.port);
    const files = await lab.files({ names: [] });
    const foreign = await lab.files({ authority: await makeAuthority('test', new Date()) });
    const ca = await readFile(files.authority);
    const answer = async (own: ConnectionOptions): Promise<string> => {
      const socket = connect({ ...own, ca, port, servername: 'web.services.test.smartstack' });
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      socket.write('GET / HTTP/1.0\r\n\r\n');
      await once(socket, 'close').catch((error: Error) => {
        text = error.message;
      });
      return text;
    };
    const own = async ({ hostCertificate }: TlsFiles): Promise<ConnectionOptions> => {
      const pem = await readFile(hostCertificate);
      return { cert: pem, key: pem };
    };
    expect(await answer(await own(files))).to.match(/^HTTP\/1.1 200 .*one$/s);
    expect(await answer({})).to.include('certificate required');
    expect(await answer(await own(foreign))).to.include('unknown ca');
    expect(one.answered).to.equal(1);
  });

  it('loses no request when one of three instances is killed under load', async () => {
    await startConsumer();
    for (const name of ['a', 'b', 'c']) await startInstance(name);
    await expectUp('a', 'b', 'c');
    const traffic = bed.startTraffic();
    const answered = (): number => traffic.answers.get('ok') ?? 0;
    await eventually(() => expect(answered()).to.be.greaterThan(200));
    await children[0]?.kill();
    await expectUp('b', 'c');
    const before = answered();
    await eventually(() => expect(answered()).to.be.greaterThan(before + 200));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
  });

  it('hides no dead instance of tcp behind a host that lives', async () => {
    await startConsumer({ mode: 'tcp' });
    for (const name of ['a', 'b']) await startInstance(name, { mode: 'tcp' });
    await expectUp('a', 'b');
    await children[0]?.kill();
    await expectUp('b');
    const traffic = bed.startTraffic();
    await eventually(() => expect(traffic.answers.get('ok')).to.be.greaterThan(100));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
  });

  it('takes a renewed certificate by one reload, and loses no request', async () => {
    const files = await lab.files({ names: [] });
    await startConsumer({}, files);
    await startInstance('a');
    await expectUp('a');
    const traffic = bed.startTraffic();
    await eventually(() => expect(traffic.answers.get('ok')).to.be.greaterThan(50));
    configure(await lab.files({ names: [] }), {}, '2 of a');
    await bed.synapse().reload();
    await eventually(() => expect(bed.logger.events()).to.include('proxy-reloaded'));
    traffic.forget();
    await eventually(() => expect(traffic.answers.get('ok')).to.be.greaterThan(50));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    const reloads = bed.logger.events().filter((event) => event === 'proxy-reloaded');
    expect(reloads).to.have.length(1);
  });
});
