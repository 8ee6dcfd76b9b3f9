/** What the stack tells about itself: `pulumi stack output`, `npm run status`, the drills. */
import { type Input, interpolate } from '@pulumi/pulumi';
import { consumersOf } from './catalog/queries.ts';
import type { Catalog } from './catalog/schema.ts';
import { zkPath } from './render/paths.ts';
import type { Connection, Host, JumpHost } from './targets/host.ts';

export interface HostOutput {
  readonly id: number;
  readonly address: string;
  readonly arch: string;
  readonly roles: readonly ('zookeeper' | 'service')[];
  readonly zone?: string;
  /** A command that logs in, to copy and paste. */
  readonly ssh: Input<string>;
  readonly connection: LoginOutput & {
    readonly host: string;
    /** A bastion to go through. */
    readonly proxy?: LoginOutput;
  };
}

export interface LoginOutput {
  readonly host: Input<string>;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  readonly hostKey: Input<string>;
}

export interface ServiceOutput {
  readonly port: number;
  readonly localPort: number;
  readonly mode: 'http' | 'tcp';
  readonly on: readonly string[];
  readonly consumers: readonly string[];
  readonly zkPath: string;
  /** Where each consumer finds the service, on itself. */
  readonly url: string;
}

export function hostOutputs(
  catalog: Catalog,
  hosts: readonly Host[],
): Readonly<Record<string, HostOutput>> {
  return Object.fromEntries(
    hosts.flatMap(({ name, address, arch, connection, privateKeyPath, bastionKeyPath }) => {
      const entry = catalog.hosts[name];
      if (entry === undefined) return [];
      const { host, proxy } = connection;
      const login = {
        ...loginOutput(connection, privateKeyPath),
        host,
        ...(proxy && { proxy: loginOutput(proxy, bastionKeyPath ?? privateKeyPath) }),
      };
      const { id, roles, zone } = entry;
      const ssh = sshCommand(login);
      const place = zone === undefined ? { address } : { address, zone };
      return [[name, { id, ...place, arch, roles, ssh, connection: login }]];
    }),
  );
}

function loginOutput(
  { host, port, user, hostKey }: Connection | JumpHost,
  privateKeyPath: string,
): LoginOutput {
  return { host, port, user, privateKeyPath, hostKey };
}

/** `ssh -J` would not use the key for the bastion. */
function sshCommand({ proxy, ...login }: HostOutput['connection']): Input<string> {
  const ssh = `ssh -i ${login.privateKeyPath}`;
  const end = `-p ${login.port} ${login.user}@${login.host}`;
  if (proxy === undefined) return `${ssh} ${end}`;
  const through = interpolate`ssh -i ${proxy.privateKeyPath} -W %h:%p -p ${proxy.port} ${proxy.user}@${proxy.host}`;
  return interpolate`${ssh} -o ProxyCommand='${through}' ${end}`;
}

export function serviceOutputs(catalog: Catalog): Readonly<Record<string, ServiceOutput>> {
  return Object.fromEntries(
    Object.entries(catalog.services).map(([name, service]) => {
      const { port, localPort, mode, on } = service;
      const consumers = consumersOf(catalog, service);
      const url = `${mode === 'http' ? 'http' : 'tcp'}://127.0.0.1:${localPort}`;
      const path = zkPath(catalog.environment, name);
      return [name, { port, localPort, mode, on, consumers, zkPath: path, url }];
    }),
  );
}
