import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../infra/prerequisites/command.ts';
import type { Certificate } from './certificates.ts';
import { freePort } from './free-ports.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** A MariaDB with the user `checker`, who has `password`; it offers TLS. */
export async function startMariadb(
  password: string,
  certificate: Certificate,
): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'mariadb-test-'));
  const port = await freePort();
  const initPath = join(folder, 'init.sql');
  const common = [
    '--no-defaults',
    `--datadir=${join(folder, 'data')}`,
    `--user=${userInfo().username}`,
  ];
  await writeFile(initPath, `CREATE USER 'checker'@'%' IDENTIFIED BY '${password}';\n`);
  await runCommand('mariadb-install-db', [
    ...common,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  return startServer({
    command: [
      'mariadbd',
      ...common,
      ...[`--port=${port}`, '--bind-address=127.0.0.1', `--init-file=${initPath}`],
      ...[`--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`],
      ...[`--ssl-cert=${certificate.certPath}`, `--ssl-key=${certificate.keyPath}`],
      ...['--innodb-buffer-pool-size=8M', '--skip-log-bin', '--skip-name-resolve'],
    ],
    port,
    cleanUp: () => rm(folder, { recursive: true, force: true }),
  });
}
