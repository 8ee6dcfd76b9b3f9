import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Certificate, makeCertificate } from '../../../../support/certificates.ts';
import { leavingNothing, passed, reasonOf, runTestCheck } from '../../../../support/check-bed.ts';
import { freePort } from '../../../../support/free-ports.ts';
import { startMariadb } from '../../../../support/mariadb.ts';
import { startPostgresql } from '../../../../support/postgresql.ts';
import type { ServerProcess } from '../../../../support/server-process.ts';

const password = 'open-sesame-42';

for (const { driver, start, database, denied, badQuery, slow } of [
  {
    driver: 'postgresql',
    start: startPostgresql,
    database: 'postgres',
    denied: /password authentication failed for user "checker"/,
    badQuery: /relation "nothing" does not exist/,
    slow: 'SELECT pg_sleep(60)',
  },
  {
    driver: 'mysql',
    start: startMariadb,
    database: 'information_schema',
    denied: /Access denied for user 'checker'/,
    badQuery: /Table 'information_schema\.nothing' doesn't exist|Unknown table 'nothing'/,
    slow: 'SELECT SLEEP(60)',
  },
]) {
  describe(`sql check: ${driver}`, function () {
    this.timeout(120_000);
    let folder: string;
    let certificate: Certificate;
    let server: ServerProcess;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sql-check-'));
      certificate = await makeCertificate(folder, 'server', ['DNS:db.example']);
      server = await start(password, certificate);
    });
    after(async () => {
      await server?.stop();
      await rm(folder, { recursive: true });
    });

    const check = { type: 'sql', driver, username: 'checker', password, database };
    const run = (options: object = {}) => runTestCheck(server.port, { ...check, ...options });

    it('passes when the query is carried out', async () => {
      await leavingNothing(async () => expect(await run()).to.deep.equal(passed));
      expect(await run({ query: 'SELECT 2 WHERE 1 = 0' })).to.deep.equal(passed);
    });

    it('fails when the query does', async () => {
      await leavingNothing(async () => {
        expect(await reasonOf(run({ query: 'SELECT 1 FROM nothing' }))).to.match(badQuery);
      });
    });

    it('fails with a wrong password, and does not tell it', async () => {
      await leavingNothing(async () => {
        const reason = await reasonOf(run({ password: 'wrong-one' }));
        expect(reason).to.match(denied).and.not.include('wrong-one');
      });
    });

    it('speaks TLS, and verifies the certificate against its own authority', async () => {
      const ca_file = certificate.certPath;
      const verified = { ssl: true, ca_file, server_name: 'db.example' };
      await leavingNothing(async () => {
        expect(await run({ ssl: true })).to.deep.equal(passed);
        expect(await run(verified)).to.deep.equal(passed);
        expect(await reasonOf(run({ ...verified, server_name: 'other.example' }))).to.match(
          /other\.example\. is not in the cert's altnames/,
        );
        expect(await reasonOf(run({ ssl: true, ca_file }))).to.match(
          /127\.0\.0\.1 is not in the cert's list|server_name is missing/,
        );
        const other = await makeCertificate(folder, 'other', ['DNS:db.example']);
        expect(await reasonOf(run({ ...verified, ca_file: other.certPath }))).to.match(
          /self-signed certificate/,
        );
      });
    });

    it('fails when the connection is refused', async () => {
      const port = await freePort();
      await leavingNothing(async () => {
        expect(await reasonOf(runTestCheck(port, check))).to.include('ECONNREFUSED');
      });
    });

    it('fails at its time-out when the server stands still, and lets go of it', async () => {
      server.pause();
      try {
        await leavingNothing(async () => {
          expect(await reasonOf(run({ timeout: 0.2 }))).to.equal('no answer within 200 ms');
        });
      } finally {
        server.resume();
      }
      expect(await run()).to.deep.equal(passed);
    });

    it('fails at its time-out in a long query, and lets go of it', async () => {
      for (const ssl of [false, true]) {
        await leavingNothing(async () => {
          expect(await reasonOf(run({ timeout: 1, query: slow, ssl }))).to.equal(
            'no answer within 1000 ms',
          );
        });
      }
    });
  });
}
