/** The target `hosts`: machines that exist, as the stack's configuration lists them. */
import { existsSync, readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { homedir } from 'node:os';
import type { Config } from '@pulumi/pulumi';
import { secret } from '@pulumi/pulumi';
import { z } from 'zod';
import { type Problem, parseConfig } from '../../agent/config/parse.ts';
import { InvalidEnvironmentError } from '../catalog/invalid-environment.ts';
import type { Host, WantedHost } from './host.ts';

const section = 'smartstack:hosts';

const machineSchema = z.strictObject({
  /** By which the other hosts reach it, and ssh too unless `sshHost` says otherwise. */
  address: z.string().refine((value) => isIPv4(value), 'must be an IPv4 address'),
  sshHost: z.string().min(1).optional(),
  port: z.int().min(1).max(65_535).default(22),
  /** Root, or somebody who may use sudo without a password. */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/, 'must be a user name')
    .default('root'),
  /** A file on this machine; `~/` is your home. */
  privateKey: z.string().min(1).default('~/.ssh/id_ed25519'),
  /** The line that `ssh-keyscan -t ed25519 <host>` shows, without the host. */
  hostKey: z
    .string()
    .regex(/^ssh-ed25519 [A-Za-z0-9+/]+=*$/, 'must be "ssh-ed25519 AAAA…", from ssh-keyscan'),
  arch: z.enum(['x64', 'arm64']).default('x64'),
});

type Machine = z.output<typeof machineSchema>;

/** @throws InvalidEnvironmentError with everything that is wrong with the list. */
export function existingHosts(wanted: readonly WantedHost[], config: Config): readonly Host[] {
  const listed = z.record(z.string(), z.unknown()).safeParse(config.getObject('hosts') ?? {});
  const entries = listed.success ? listed.data : {};
  const problems: Problem[] = listed.success
    ? []
    : [{ path: section, message: 'must be a list of machines by the names of the catalog' }];
  const hosts = wanted.flatMap(({ name }) => {
    const machine = parseMachine(`${section}.${name}`, entries[name]);
    if (!Array.isArray(machine)) return [toHost(name, machine)];
    problems.push(...machine);
    return [];
  });
  const names = wanted.map(({ name }) => name);
  for (const extra of Object.keys(entries).filter((name) => !names.includes(name))) {
    const message = `is no host of the catalog; there are ${names.join(', ')}`;
    problems.push({ path: `${section}.${extra}`, message });
  }
  if (problems.length === 0) return hosts;
  throw new InvalidEnvironmentError("the stack's configuration", problems);
}

function parseMachine(path: string, entry: unknown): Machine | Problem[] {
  if (entry === undefined) {
    return [{ path, message: 'is missing; give its address, user, privateKey and hostKey' }];
  }
  const parsed = parseConfig(machineSchema, entry);
  if (!parsed.ok) {
    return parsed.problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` }));
  }
  const key = keyPath(parsed.config);
  if (existsSync(key)) return parsed.config;
  return [{ path: `${path}.privateKey`, message: `there is no file ${key}; name one that is` }];
}

function toHost(name: string, machine: Machine): Host {
  const { address, arch, port, user, hostKey } = machine;
  const privateKeyPath = keyPath(machine);
  return {
    name,
    address,
    arch,
    privateKeyPath,
    machine: undefined,
    connection: {
      host: machine.sshHost ?? address,
      port,
      user,
      privateKey: secret(readFileSync(privateKeyPath, 'utf8')),
      hostKey,
      dialErrorLimit: 5,
      perDialTimeout: 5,
    },
  };
}

function keyPath({ privateKey }: Machine): string {
  return privateKey.replace(/^~(?=\/)/, homedir());
}
