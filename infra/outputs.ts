/** What the stack tells about itself: `pulumi stack output`, `npm run status`, the drills. */
import { type Input, interpolate } from '@pulumi/pulumi';
import { consumersOf, tlsPortOf } from './catalog/queries.ts';
import type { Catalog } from './catalog/schema.ts';
import { zkPath } from './render/paths.ts';
import type { StackOutputs } from './stack-outputs.ts';
import type { Connection, JumpHost, TargetHost } from './targets/host.ts';

/** What the program says may still be on its way. */
type Promised<T> = T extends string
  ? Input<T>
  : T extends object
    ? { readonly [Name in keyof T]: Promised<T[Name]> }
    : T;

type HostOutput = Promised<StackOutputs['hosts'][string]>;
type LoginOutput = Omit<NonNullable<HostOutput['connection']['proxy']>, 'arch'>;

export function hostOutputs(
  catalog: Catalog,
  hosts: readonly TargetHost[],
): Readonly<Record<string, HostOutput>> {
  return Object.fromEntries(
    hosts.flatMap(({ name, address, arch, connection, privateKeyPath, ...more }) => {
      const entry = catalog.hosts[name];
      if (entry === undefined) return [];
      const { host, proxy } = connection;
      const { machineType: type, bastionKeyPath = privateKeyPath, bastionArch } = more;
      const bastion = proxy && {
        ...loginOutput(proxy, bastionKeyPath),
        ...(bastionArch && { arch: bastionArch }),
      };
      const login = {
        ...loginOutput(connection, privateKeyPath),
        host,
        ...(bastion && { proxy: bastion }),
      };
      const { id, roles, zone } = entry;
      const ssh = sshCommand(login);
      const place = zone === undefined ? { address } : { address, zone };
      const machine = type === undefined ? { arch } : { arch, type };
      return [[name, { id, ...place, ...machine, roles, ssh, connection: login }]];
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
  const ssh = interpolate`ssh -i ${login.privateKeyPath}`;
  const end = interpolate`-p ${login.port} ${login.user}@${login.host}`;
  if (proxy === undefined) return interpolate`${ssh} ${end}`;
  const through = interpolate`ssh -i ${proxy.privateKeyPath} -W %h:%p -p ${proxy.port} ${proxy.user}@${proxy.host}`;
  return interpolate`${ssh} -o ProxyCommand='${through}' ${end}`;
}

type ServiceOutput = StackOutputs['services'][string];

/** A port that changes is still on its way. */
export type ServiceOutputs = Readonly<
  Record<string, Omit<ServiceOutput, 'port'> & { readonly port: Input<number> }>
>;

/** @param moving By name: ports that are told otherwise than by the catalog. */
export function serviceOutputs(
  catalog: Catalog,
  moving: Readonly<Record<string, Input<number>>> = {},
): ServiceOutputs {
  return Object.fromEntries(
    Object.entries(catalog.services).map(([name, service]) => {
      const { localPort, mode, on } = service;
      const port = moving[name] ?? service.port;
      const consumers = consumersOf(catalog, service);
      const url = `${mode === 'http' ? 'http' : 'tcp'}://127.0.0.1:${localPort}`;
      const path = zkPath(catalog.environment, name);
      const tlsPort = tlsPortOf(service);
      const place = tlsPort === undefined ? { port } : { port, tlsPort };
      return [name, { ...place, localPort, mode, on, consumers, zkPath: path, url }];
    }),
  );
}
