/** The target `hosts`: machines that exist, as the stack's configuration lists them. */
import { isIPv4 } from 'node:net';
import type { Config, Output } from '@pulumi/pulumi';
import { z } from 'zod';
import { type Problem, parseConfig } from '../../agent/config/parse.ts';
import { InvalidEnvironmentError } from '../catalog/invalid-environment.ts';
import type { TargetHost, WantedHost } from './host.ts';
import { sharedAddresses, sharedWays } from './host-differences.ts';
import { findLogin, loginFields } from './logins.ts';
import { sudoPassword } from './sudo-password.ts';

const section = 'smartstack:hosts';

const machineSchema = z.strictObject({
  /** By which the other hosts reach it, and ssh too unless `sshHost` says otherwise. */
  address: z.string().refine((value) => isIPv4(value), 'must be an IPv4 address'),
  sshHost: z.string().min(1).optional(),
  ...loginFields,
  /** Whether sudo asks for a password, where the user is not root: that of the stack. */
  sudo: z.enum(['silent', 'password']).default('silent'),
  arch: z.enum(['x64', 'arm64']).default('x64'),
  /** A machine to go through. */
  bastion: z.strictObject({ host: z.string().min(1), ...loginFields }).optional(),
});

type Machine = z.output<typeof machineSchema>;

/** @throws InvalidEnvironmentError with everything that is wrong with the list. */
export function existingHosts(
  wanted: readonly WantedHost[],
  config: Config,
): readonly TargetHost[] {
  const listed = z.record(z.string(), z.unknown()).safeParse(config.getObject('hosts') ?? {});
  const entries = listed.success ? listed.data : {};
  const password = config.getSecret('sudoPassword');
  const problems: Problem[] = listed.success
    ? []
    : [{ path: section, message: 'must be a list of machines by the names of the catalog' }];
  const hosts = wanted.flatMap(({ name }) => {
    const found = findHost(name, entries[name], password);
    if (found.ok) return [found.host];
    problems.push(...found.problems.filter((one) => !problems.includes(one)));
    return [];
  });
  const names = wanted.map(({ name }) => name);
  for (const extra of Object.keys(entries).filter((name) => !names.includes(name))) {
    const message = `is no host of the catalog; there are ${names.join(', ')}`;
    problems.push({ path: `${section}.${extra}`, message });
  }
  const shared = sharedAddresses(hosts);
  const ways = shared.length > 0 ? [] : sharedWays(hosts);
  for (const { path, message } of [...shared, ...ways]) {
    problems.push({ path: `${section}.${path}`, message });
  }
  if (problems.length === 0) return hosts;
  throw new InvalidEnvironmentError("the stack's configuration", problems);
}

type FoundHost =
  | { readonly ok: true; readonly host: TargetHost }
  | { readonly ok: false; readonly problems: readonly Problem[] };

function findHost(name: string, entry: unknown, password: Output<string> | undefined): FoundHost {
  const path = `${section}.${name}`;
  if (entry === undefined) {
    const message = 'is missing; give its address, user and privateKey';
    return { ok: false, problems: [{ path, message }] };
  }
  const parsed = parseConfig(machineSchema, entry);
  if (parsed.ok) return toHost(path, name, parsed.config, password);
  const within = (problem: Problem): Problem => ({ ...problem, path: `${path}.${problem.path}` });
  return { ok: false, problems: parsed.problems.map(within) };
}

function toHost(
  path: string,
  name: string,
  machine: Machine,
  password: Output<string> | undefined,
): FoundHost {
  const { address, arch, bastion, sshHost: reachedAt = address } = machine;
  const own = findLogin(path, reachedAt, machine);
  const before = bastion && findLogin(`${path}.bastion`, bastion.host, bastion);
  const problems = [own, before].flatMap((one) => (one?.ok === false ? one.problems : []));
  const isAsked = machine.sudo === 'password';
  if (isAsked && password === undefined) problems.push(noPassword);
  if (!own.ok || before?.ok === false || problems.length > 0) return { ok: false, problems };
  const proxy = bastion && before && { ...before.login, host: bastion.host };
  const { login, privateKeyPath } = own;
  const host: TargetHost = {
    ...{ name, address, arch, privateKeyPath, machine: undefined },
    ...(before && { bastionKeyPath: before.privateKeyPath }),
    connection: { ...login, host: reachedAt, ...(proxy && { proxy }) },
  };
  if (!isAsked || password === undefined) return { ok: true, host };
  return { ok: true, host: { ...host, ready: [sudoPassword(host, password)] } };
}

const noPassword: Problem = {
  path: 'smartstack:sudoPassword',
  message: 'is missing, and sudo asks for it; pulumi config set --secret smartstack:sudoPassword',
};
