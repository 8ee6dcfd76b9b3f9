import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { expect } from 'chai';
import { type Certificate, makeCertificate } from '../../../../support/certificates.ts';
import { leavingNothing, passed, reasonOf, runTestCheck } from '../../../../support/check-bed.ts';
import { freePort, portOf } from '../../../../support/free-ports.ts';
import { type RedisServer, startRedis } from '../../../../support/redis.ts';

describe('redis check', function () {
  this.timeout(60_000);
  const password = 'open-sesame-42';
  let folder: string;
  let certificate: Certificate;
  let redis: RedisServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redis-check-'));
    certificate = await makeCertificate(folder, 'server', ['IP:127.0.0.1']);
    redis = await startRedis(password, certificate);
    await writeFile(join(folder, 'password'), `${password}\n`);
  });
  after(async () => {
    await redis?.stop();
    await rm(folder, { recursive: true });
  });

  const run = (options: object = {}) => runTestCheck(redis.port, { type: 'redis', ...options });
  const asChecker = { username: 'checker', password };
  const keys = async (): Promise<readonly string[]> => {
    const client = createClient({ RESP: 2, socket: { host: '127.0.0.1', port: redis.port } });
    await client.connect();
    const found = await client.keys('*');
    client.destroy();
    return found;
  };

  it('passes on PING and EXISTS, without a trace', async () => {
    await leavingNothing(async () => expect(await run()).to.deep.equal(passed));
    expect(await keys()).to.deep.equal([]);
  });

  it('writes and reads back when told to, and cleans up', async () => {
    expect(await run({ write_read: true, database: 3 })).to.deep.equal(passed);
    expect(await run({ write_read: true, ...asChecker })).to.deep.equal(passed);
    expect(await keys()).to.deep.equal([]);
  });

  it('logs in, with a password from a file too', async () => {
    expect(await run(asChecker)).to.deep.equal(passed);
    const password_file = join(folder, 'password');
    expect(await run({ username: 'checker', password_file })).to.deep.equal(passed);
  });

  it('fails with a wrong password, and does not tell it', async () => {
    await leavingNothing(async () => {
      const reason = await reasonOf(run({ username: 'checker', password: 'wrong-one' }));
      expect(reason)
        .to.match(/^WRONGPASS /)
        .and.not.include('wrong-one');
    });
  });

  it('keeps the password from a server that quotes what it is sent', async () => {
    const echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        socket.write(`-ERR unknown command: ${data.toString().replaceAll(/\s+/g, ' ')}\r\n`);
      });
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const reason = await reasonOf(runTestCheck(portOf(echo), { type: 'redis', ...asChecker }));
    echo.close();
    expect(reason)
      .to.match(/^ERR unknown command: .*AUTH.*\*\*\*/)
      .and.not.include(password);
  });

  it('fails, naming the option, when a file is missing', async () => {
    const password_file = join(folder, 'none');
    expect(await reasonOf(run({ username: 'checker', password_file }))).to.match(
      /^password_file cannot be read: ENOENT/,
    );
  });

  it('speaks TLS, verifies the certificate and shows its own', async () => {
    const tls = (more: object) =>
      runTestCheck(redis.tlsPort, {
        type: 'redis',
        ssl: true,
        cert_file: certificate.certPath,
        key_file: certificate.keyPath,
        ...more,
      });
    expect(await tls({})).to.deep.equal(passed);
    expect(await tls({ ca_file: certificate.certPath })).to.deep.equal(passed);
    const ca_file = (await makeCertificate(folder, 'other', ['IP:127.0.0.1'])).certPath;
    expect(await reasonOf(tls({ ca_file }))).to.match(/self-signed certificate/);
    const server_name = 'redis.example';
    expect(await reasonOf(tls({ ca_file: certificate.certPath, server_name }))).to.match(
      /does not match certificate's altnames.*redis\.example/,
    );
  });

  it('fails when the connection is refused', async () => {
    const port = await freePort();
    await leavingNothing(async () => {
      expect(await reasonOf(runTestCheck(port, { type: 'redis' }))).to.include('ECONNREFUSED');
    });
  });

  it('fails at its time-out when the server stands still, and lets go of it', async () => {
    redis.pause();
    try {
      await leavingNothing(async () => {
        expect(await reasonOf(run({ timeout: 0.2 }))).to.equal('no answer within 200 ms');
      });
    } finally {
      redis.resume();
    }
    expect(await run()).to.deep.equal(passed);
  });

  it('lets go of it when nerve stops', async () => {
    redis.pause();
    try {
      await leavingNothing(async () => {
        const stopping = new AbortController();
        const result = runTestCheck(redis.port, { type: 'redis' }, stopping.signal);
        setTimeout(() => stopping.abort(), 50);
        expect(await result.catch((error: unknown) => error)).to.equal(stopping.signal.reason);
      });
    } finally {
      redis.resume();
    }
  });
});
