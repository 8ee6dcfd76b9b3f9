import { chown, copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { runCommand } from '../../infra/prerequisites/command.ts';
import type { Certificate } from './certificates.ts';
import { freePort } from './free-ports.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** Where Debian keeps the programs, one folder a version. */
const versionsFolder = '/usr/lib/postgresql';

/** A PostgreSQL whose one user is `checker` with `password`; it offers TLS. */
export async function startPostgresql(
  password: string,
  certificate: Certificate,
): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'postgresql-test-'));
  const port = await freePort();
  const programs = await programsFolder();
  const data = join(folder, 'data');
  const passwordPath = join(folder, 'password');
  const [cert, key] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  await Promise.all([
    writeFile(passwordPath, password),
    copyFile(certificate.certPath, cert),
    copyFile(certificate.keyPath, key),
  ]);
  const asUser = await handOver([folder, passwordPath, cert, key]);
  const [init = '', ...initArgs] = [
    ...[...asUser, join(programs, 'initdb'), '--no-sync', '-D', data, '-U', 'checker'],
    ...['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${passwordPath}`],
  ];
  await runCommand(init, initArgs, { cwd: '/' });
  const [program = '', ...args] = [
    ...[...asUser, join(programs, 'postgres'), '-D', data, '-F', '-p', `${port}`],
    ...['-h', '127.0.0.1', '-k', folder],
    ...['-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`],
  ];
  return startServer({
    command: [program, ...args],
    port,
    ready: () => logIn(port, password),
    cleanUp: () => rm(folder, { recursive: true, force: true }),
  });
}

/** It refuses to run as root: then it gets the user that its package made. */
async function handOver(paths: readonly string[]): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const idOf = async (flag: string): Promise<number> =>
    Number((await runCommand('id', [flag, 'postgres'])).stdout);
  const [user, group] = [await idOf('-u'), await idOf('-g')];
  for (const path of paths) await chown(path, user, group);
  return ['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups'];
}

async function programsFolder(): Promise<string> {
  const versions = (await readdir(versionsFolder)).map(Number).filter(Number.isFinite);
  return join(versionsFolder, `${Math.max(...versions)}`, 'bin');
}

async function logIn(port: number, password: string): Promise<void> {
  const options = { host: '127.0.0.1', port, user: 'checker', database: 'postgres', password };
  const client = new Client({ ...options, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}
