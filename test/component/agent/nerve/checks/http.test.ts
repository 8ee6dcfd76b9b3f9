import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { type Certificate, makeCertificate } from '../../../../support/certificates.ts';
import { leavingNothing, passed, reasonOf, runTestCheck } from '../../../../support/check-bed.ts';
import { portOf } from '../../../../support/free-ports.ts';

describe('http check over TLS', function () {
  this.timeout(60_000);
  let folder: string;
  let certificate: Certificate;
  let client: Certificate;
  let server: Server;
  /** For whom the certificates were that visitors showed. */
  let visitors: (string | undefined)[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'http-check-'));
    certificate = await makeCertificate(folder, 'server', ['DNS:web.example']);
    client = await makeCertificate(folder, 'visitor', ['DNS:visitor.example']);
    const [cert, key, ca] = await Promise.all(
      [certificate.certPath, certificate.keyPath, client.certPath].map((path) => readFile(path)),
    );
    const options = { cert, key, ca, requestCert: true, rejectUnauthorized: false };
    server = createServer(options, ({ socket }, response) => {
      if (!(socket instanceof TLSSocket)) return;
      visitors.push([socket.getPeerCertificate()?.subject?.CN].flat()[0]);
      response.writeHead(socket.authorized ? 200 : 401).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    visitors = [];
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  const run = (options: object = {}) =>
    runTestCheck(portOf(server), {
      ...{ type: 'http', uri: '/', ssl: true, open_timeout: 10, ssl_timeout: 10 },
      ...{ expect_status: [200, 401], ...options },
    });

  it('verifies nothing by default, as the original', async () => {
    await leavingNothing(async () => expect(await run()).to.deep.equal(passed));
  });

  it('verifies the certificate against its own authority, and for whom it is', async () => {
    const ca_file = certificate.certPath;
    expect(await run({ ca_file, server_name: 'web.example' })).to.deep.equal(passed);
    expect(await reasonOf(run({ ca_file }))).to.match(/127\.0\.0\.1 is not in the cert's list/);
    expect(await reasonOf(run({ ca_file: client.certPath }))).to.match(/self-signed certificate/);
    visitors = [];
    const headers = { Host: 'other.example' };
    expect(await run({ ca_file, server_name: 'web.example', headers })).to.deep.equal(passed);
    expect(visitors).to.have.length(1);
  });

  it('shows a certificate of its own', async () => {
    const own = { cert_file: client.certPath, key_file: client.keyPath, expect_status: [200] };
    expect(await run(own)).to.deep.equal(passed);
    expect(visitors).to.deep.equal(['visitor']);
    expect(await reasonOf(run({ expect_status: [200] }))).to.equal('status 401');
  });

  it('says which file is missing, and takes it when it is there', async () => {
    const ca_file = join(folder, 'later.crt');
    const check = { ca_file, server_name: 'web.example' };
    expect(await reasonOf(run(check))).to.match(/^ca_file cannot be read: ENOENT/);
    await rename(certificate.certPath, ca_file);
    try {
      expect(await run(check)).to.deep.equal(passed);
    } finally {
      await rename(ca_file, certificate.certPath);
    }
  });
});
