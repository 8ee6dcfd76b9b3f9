import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { SshClient } from '../../../infra/ssh/client.ts';
import { SshPool } from '../../../infra/ssh/pool.ts';
import { uploadPath, uploadText } from '../../../infra/ssh/sftp.ts';
import { SshError, type SshTarget } from '../../../infra/ssh/target.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-ports.ts';
import { startSilent } from '../../support/silent-port.ts';
import { startSshd, type TestSshd } from '../../support/sshd.ts';

const never = new AbortController().signal;

describe('SshClient', () => {
  let sshd: TestSshd;
  let target: SshTarget;
  let client: SshClient;

  before(async () => {
    sshd = await startSshd();
    const { port, user, privateKey, hostKey } = sshd;
    target = {
      ...{ host: '127.0.0.1', port, user, privateKey, hostKey },
      dialErrorLimit: 1,
      perDialTimeout: 30,
    };
    client = await SshClient.connect(target, { signal: never });
  });
  after(async () => {
    client.close();
    await sshd.stop();
  });

  it('runs a command with input, and tells output and exit status apart', async () => {
    const chunks: string[] = [];
    const result = await client.exec('tr a-z A-Z; echo oops >&2; exit 4', {
      stdin: 'shout',
      onOutput: (stream, chunk) => chunks.push(`${stream}:${chunk}`),
    });
    expect(result).to.deep.include({ status: 4, stdout: 'SHOUT', stderr: 'oops\n' });
    expect(chunks).to.have.members(['stdout:SHOUT', 'stderr:oops\n']);
  });

  it('survives a command that does not read its input', async () => {
    const result = await client.exec('true', { stdin: 'x'.repeat(4_000_000) });
    expect(result.status).to.equal(0);
  });

  it('runs several commands at once on the one connection', async () => {
    const fifo = join(sshd.directory, 'fifo');
    await client.exec(`mkfifo ${fifo}`);
    // The first cannot end before the second runs.
    const [reader] = await Promise.all([
      client.exec(`cat ${fifo}`),
      client.exec(`echo hello > ${fifo}`),
    ]);
    expect(reader.stdout).to.equal('hello\n');
  });

  it('names the signal that ended a command', async () => {
    const result = await client.exec('kill -9 $$');
    expect(result).to.deep.include({ status: undefined, endedBy: 'SIGKILL' });
  });

  it('leaves a command on demand, ended or not', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    // sshd passes signals on only where it runs with separated privileges: not for root.
    await client.exec('exec sleep 30', { signal: abort.signal }).then(
      ({ endedBy }) => expect(endedBy).to.equal('SIGTERM'),
      (error: SshError) => expect(error.fault).to.equal('aborted'),
    );
  });

  it('copies texts, files and directories where the provider would', async () => {
    const from = join(sshd.directory, 'from');
    const to = join(sshd.directory, 'to');
    mkdirSync(join(from, 'inner'), { recursive: true });
    writeFileSync(join(from, 'inner/file'), 'inner');
    await client.withSftp(async (sftp) => {
      await uploadText(sftp, 'text', join(to, 'deep/text'));
      await uploadPath(sftp, join(from, 'inner/file'), join(to, 'deep'));
      await uploadPath(sftp, from, to);
      await uploadPath(sftp, `${from}/`, join(to, 'contents'));
    });
    const read = (path: string): string => readFileSync(join(to, path), 'utf8');
    expect(read('deep/text')).to.equal('text');
    expect(read('deep/file')).to.equal('inner');
    expect(read('from/inner/file')).to.equal('inner');
    expect(read('contents/inner/file')).to.equal('inner');
  });

  it('refuses a host with another key, at once and without retrying', async () => {
    const other = await startSshd();
    const wrong = { ...target, hostKey: other.hostKey, dialErrorLimit: 50 };
    await other.stop();
    const error = await failure(SshClient.connect(wrong, { signal: never }));
    expect(error.fault).to.equal('host-key');
    expect(error.message).to.include(
      `127.0.0.1:${sshd.port}: the host key is not the expected one`,
    );
  });

  it('says what is wrong with an unreadable host key', async () => {
    const error = await failure(
      SshClient.connect({ ...target, hostKey: 'nonsense' }, { signal: never }),
    );
    expect(error.fault).to.equal('bad-settings');
    expect(error.message).to.include('"ssh-ed25519 AAAAC3…"');
  });

  it('counts refused dials, tells of each, and names the host in the end', async () => {
    const port = await freePort();
    const attempts: number[] = [];
    const error = await failure(
      SshClient.connect(
        { ...target, port, dialErrorLimit: 3 },
        { signal: never, onRetry: (attempt) => attempts.push(attempt) },
      ),
    );
    expect(error.message).to.equal(`127.0.0.1:${port}: connection refused (tried 3 times)`);
    expect(attempts).to.deep.equal([1, 2]);
  });

  it('gives up on a host that accepts and then says nothing', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const address = mute.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { port } = address;
    const error = await failure(
      SshClient.connect({ ...target, port, perDialTimeout: 1 }, { signal: never }),
    );
    mute.close();
    expect(error.message).to.equal(`127.0.0.1:${port}: no answer within 1 s`);
  });

  it('refuses a wrong key, naming the user', async () => {
    const other = await startSshd();
    const wrong = { ...target, privateKey: other.privateKey };
    await other.stop();
    const error = await failure(SshClient.connect(wrong, { signal: never }));
    expect(error.fault).to.equal('authentication');
  });

  it('goes through a bastion', async () => {
    const behind = { ...target, proxy: target };
    const far = await SshClient.connect(behind, { signal: never });
    expect((await far.exec('echo far')).stdout).to.equal('far\n');
    far.close();
  });

  it('says of whom it is that a host behind a bastion refuses', async () => {
    const behind = { ...target, port: 1, dialErrorLimit: 1, proxy: target };
    const error = await failure(SshClient.connect(behind, { signal: never }));
    const bastion = `${target.host}:${target.port}`;
    expect(error.message).to.include(`connection refused, says the bastion ${bastion}`);
  });

  it('gives up on a host behind a bastion from which nothing comes back', async () => {
    const silent = await startSilent();
    const behind = { ...target, port: silent.port, perDialTimeout: 1, proxy: target };
    const error = await failure(SshClient.connect(behind, { signal: never }));
    await silent.stop();
    expect(error.message).to.equal(`127.0.0.1:${silent.port}: no answer within 1 s`);
  });

  for (const isBehind of [false, true]) {
    const where = isBehind ? ' behind a bastion' : '';
    it(`reports a connection${where} that breaks under a command; the pool then opens a new one`, async () => {
      const fragile = await startSshd();
      const { port, hostKey, privateKey } = fragile;
      const pool = new SshPool({ signal: never });
      const way = isBehind ? { proxy: target } : {};
      const there = { ...target, port, hostKey, privateKey, ...way };
      const begun = join(fragile.directory, 'begun');
      const running = failure(pool.run(there, (link) => link.exec(`touch ${begun}; sleep 60`)));
      await eventually(() => expect(existsSync(begun)).to.equal(true));
      await pool.run(there, (link) => link.exec('kill -9 $PPID')).catch(() => undefined);
      const error = await running;
      expect(error.fault).to.equal('lost');
      const again = await pool.run(there, (link) => link.exec('echo again'));
      expect(again.stdout).to.equal('again\n');
      pool.close();
      await fragile.stop();
    });
  }
});

async function failure(work: Promise<unknown>): Promise<SshError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SshError) return error;
    throw error;
  }
  throw new Error('it should have failed');
}
