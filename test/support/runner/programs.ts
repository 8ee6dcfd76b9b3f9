import { existsSync } from 'node:fs';
import { tryCommand } from '../../../infra/prerequisites/command.ts';
import { findPrivilege } from '../../../infra/prerequisites/privilege.ts';
import { ensurePrograms, findProgram } from '../../../infra/prerequisites/programs.ts';

/** What component and infra tests run for real. */
const programs = [
  { name: 'java', package: 'default-jre-headless' },
  { name: 'mvn', package: 'maven' },
  { name: 'haproxy', package: 'haproxy' },
  { name: 'sshd', package: 'openssh-server' },
  { name: 'ssh-keygen', package: 'openssh-client' },
  { name: 'ps', package: 'procps' },
  { name: 'openssl', package: 'openssl' },
  { name: 'redis-server', package: 'redis-server' },
  { name: 'rabbitmq-server', package: 'rabbitmq-server' },
  { name: 'mariadbd', package: 'mariadb-server' },
  // The server itself is on nobody's PATH; this comes with it.
  { name: 'pg_ctlcluster', package: 'postgresql' },
  { name: 'etcd', package: 'etcd-server' },
  // It fetches another HAProxy.
  { name: 'mmdebstrap', package: 'mmdebstrap' },
  // Without the service.
  { name: 'dnsmasq', package: 'dnsmasq-base' },
  // Of nginx's packages the smallest that brings the stream module along.
  { name: 'nginx', package: 'nginx-core' },
] as const;

/** Those whose packages would start a daemon of the system's own. */
const daemons = [
  'haproxy',
  'ssh',
  'redis-server',
  'rabbitmq-server',
  'epmd.socket',
  'mariadb',
  'postgresql',
  'etcd',
  'nginx',
] as const;
const policyPath = '/usr/sbin/policy-rc.d';

/**
 * Brings what is missing through apt, saying so; the daemons among it neither start now nor at
 * the next boot. Throws, naming the fix, where it may not install.
 */
export async function ensureTestPrograms(): Promise<void> {
  const found = await Promise.all(programs.map(({ name }) => findProgram(name)));
  if (found.every((path) => path !== undefined)) return;
  const before = await enabledDaemons();
  await withoutStarting(() => ensurePrograms(programs, 'for the tests'));
  const brought = (await enabledDaemons()).filter((name) => !before.includes(name));
  for (const name of brought) await asRoot(['systemctl', 'disable', '--quiet', name]);
}

async function enabledDaemons(): Promise<readonly string[]> {
  const states = await Promise.all(
    daemons.map((name) => tryCommand('systemctl', ['is-enabled', '--quiet', name])),
  );
  return daemons.filter((_name, index) => states[index]?.code === 0);
}

// Debian's own switch: https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
async function withoutStarting(install: () => Promise<void>): Promise<void> {
  const ours = !existsSync(policyPath);
  const script = `printf '#!/bin/sh\\nexit 101\\n' > ${policyPath} && chmod 755 ${policyPath}`;
  if (ours) await asRoot(['sh', '-c', script]);
  try {
    await install();
  } finally {
    if (ours) await asRoot(['rm', '-f', policyPath]);
  }
}

async function asRoot(command: readonly string[]): Promise<void> {
  const privilege = await findPrivilege();
  if (privilege.kind === 'none') return; // the installation itself says what to do
  const [program = 'true', ...args] = [...privilege.prefix, ...command];
  await tryCommand(program, args);
}
