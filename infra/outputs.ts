/** What the stack tells about itself: `pulumi stack output`, `npm run status`, the drills. */
import type { Input } from '@pulumi/pulumi';
import { consumersOf } from './catalog/queries.ts';
import type { Catalog } from './catalog/schema.ts';
import { zkPath } from './render/paths.ts';
import type { Host } from './targets/host.ts';

export interface HostOutput {
  readonly id: number;
  readonly address: string;
  readonly arch: string;
  readonly roles: readonly ('zookeeper' | 'service')[];
  /** A command that logs in, to copy and paste. */
  readonly ssh: string;
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly privateKeyPath: string;
    readonly hostKey: Input<string>;
  };
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
    hosts.flatMap(({ name, address, arch, connection, privateKeyPath }) => {
      const entry = catalog.hosts[name];
      if (entry === undefined) return [];
      const { host, port, user, hostKey } = connection;
      const ssh = `ssh -i ${privateKeyPath} -p ${port} ${user}@${host}`;
      const login = { host, port, user, privateKeyPath, hostKey };
      const { id, roles } = entry;
      return [[name, { id, address, arch, roles, ssh, connection: login }]];
    }),
  );
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
