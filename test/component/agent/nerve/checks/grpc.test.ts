import { Buffer } from 'node:buffer';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { type Certificate, makeCertificate } from '../../../../support/certificates.ts';
import { leavingNothing, passed, reasonOf, runTestCheck } from '../../../../support/check-bed.ts';
import { freePort, portOf } from '../../../../support/free-ports.ts';
import { startHealthServer } from '../../../../support/health-server.ts';

/** What protoc makes of health.proto, as the client of another language would send it. */
const definition = {
  Check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
} as const;

describe('grpc check', function () {
  this.timeout(60_000);
  let folder: string;
  let certificate: Certificate;
  let servers: Server[] = [];
  let requests: Buffer[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grpc-check-'));
    certificate = await makeCertificate(folder, 'server', ['DNS:rpc.example']);
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(() => {
    for (const server of servers) server.forceShutdown();
    servers = [];
    requests = [];
  });

  /** Answers with `answer`, never if it is undefined. */
  const serve = async (
    answer: Buffer | undefined,
    credentials = ServerCredentials.createInsecure(),
  ): Promise<number> => {
    const server = new Server();
    servers.push(server);
    server.addService(definition, {
      Check: (
        call: { readonly request: Buffer },
        callback: (error: object | null, value?: Buffer) => void,
      ) => {
        requests.push(call.request);
        if (call.request.includes('unknown')) {
          callback({ code: status.NOT_FOUND, details: 'no such\nservice' });
        } else if (answer) callback(null, answer);
      },
    });
    return new Promise((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
  };
  const run = (port: number, options: object = {}) =>
    runTestCheck(port, { type: 'grpc', ...options });
  const serving = Buffer.from([0x08, 1]);

  it('passes on SERVING', async () => {
    const port = await serve(serving);
    expect(await run(port)).to.deep.equal(passed);
    expect(requests).to.deep.equal([Buffer.alloc(0)]);
  });

  it('asks for a service by its name, however long', async () => {
    const port = await serve(serving);
    const name = 'é'.repeat(100);
    expect(await run(port, { service: 'web' })).to.deep.equal(passed);
    expect(await run(port, { service: name })).to.deep.equal(passed);
    expect(requests).to.deep.equal([
      Buffer.from('\u000a\u0003web'),
      // 200 bytes: 0xc8 0x01 as a varint.
      Buffer.concat([Buffer.from([0x0a, 0xc8, 0x01]), Buffer.from(name)]),
    ]);
  });

  for (const [title, answer, reason] of [
    ['UNKNOWN', [], /^the service says UNKNOWN$/],
    ['NOT_SERVING', [0x08, 2], /^the service says NOT_SERVING$/],
    ['SERVICE_UNKNOWN', [0x08, 3], /^the service says SERVICE_UNKNOWN$/],
    ['a status of the future', [0x08, 4], /^the service says status 4$/],
    ['something else', [0x12, 1, 0], /the answer is no HealthCheckResponse/],
  ] as const) {
    it(`fails on ${title}`, async () => {
      const port = await serve(Buffer.from(answer));
      expect(await reasonOf(run(port))).to.match(reason);
    });
  }

  it('fails on an answer that is not gRPC', async () => {
    const web = createHttp2Server((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    expect(await reasonOf(run(portOf(web)))).to.equal('HTTP status 404');
    await new Promise((resolve) => web.close(resolve));
    const old = await startHealthServer();
    expect(await reasonOf(run(old.port))).to.match(/Protocol error|closed/i);
    await old.close();
  });

  it("fails on the server's error, in one line", async () => {
    const port = await serve(serving);
    expect(await reasonOf(run(port, { service: 'unknown' }))).to.equal(
      'gRPC status 5: no such service',
    );
  });

  it('speaks TLS, and verifies the certificate against its own authority', async () => {
    const [cert_chain, private_key] = await Promise.all([
      readFile(certificate.certPath),
      readFile(certificate.keyPath),
    ]);
    const port = await serve(
      serving,
      ServerCredentials.createSsl(null, [{ cert_chain, private_key }]),
    );
    const ca_file = certificate.certPath;
    expect(await run(port, { ssl: true })).to.deep.equal(passed);
    const server_name = 'rpc.example';
    expect(await run(port, { ssl: true, ca_file, server_name })).to.deep.equal(passed);
    expect(await reasonOf(run(port, { ssl: true, ca_file }))).to.match(
      /127\.0\.0\.1 is not in the cert's list/,
    );
    expect(await reasonOf(run(port, { ssl: true, ca_file: join(folder, 'none') }))).to.match(
      /^ca_file cannot be read: ENOENT/,
    );
  });

  it('fails when the connection is refused', async () => {
    const port = await freePort();
    await leavingNothing(async () => {
      expect(await reasonOf(run(port))).to.include('ECONNREFUSED');
    });
  });

  it('fails at its time-out when there is no answer, and lets go of it', async () => {
    const port = await serve(undefined);
    await leavingNothing(async () => {
      expect(await reasonOf(run(port, { timeout: 0.2 }))).to.equal('no answer within 200 ms');
    });
  });

  it('fails at its time-out when the server says nothing, and lets go of it', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    await leavingNothing(async () => {
      const reason = await reasonOf(run(portOf(silent), { timeout: 0.2 }));
      expect(reason).to.equal('no answer within 200 ms');
    });
    await new Promise((resolve) => silent.close(resolve));
  });
});
