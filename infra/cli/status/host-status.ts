import { commandAsRoot } from '../../components/shell.ts';
import { SshClient } from '../../ssh/client.ts';
import type { HostOutput } from '../../stack-outputs.ts';
import { quickTarget } from '../login.ts';
import {
  type MemberStatus,
  type ProxyRow,
  parseHttpJson,
  parseShowStat,
  parseSrvr,
  parseUnits,
  type UnitStatus,
} from './parse.ts';
import { splitParts, statusScript } from './script.ts';

/** A host as it stands now. */
export type HostStatus = Reachable | Unreachable;

export interface Reachable {
  readonly answers: true;
  readonly address: string;
  readonly roles: readonly string[];
  readonly units: Readonly<Record<string, UnitStatus>>;
  /** Of a member of the ensemble; `undefined` where it does not answer. */
  readonly zookeeper: MemberStatus | undefined;
  /** nerve's and synapse's own `/status`, as they come. */
  readonly nerve: unknown;
  readonly synapse: unknown;
  readonly proxies: readonly ProxyRow[];
}

export interface Unreachable {
  readonly answers: false;
  readonly address: string;
  readonly roles: readonly string[];
  readonly error: string;
}

/**
 * Asks one host; `services` run on it, and with `tls` it goes over TLS to ZooKeeper, or takes who does.
 * Never throws: not to answer is a status, too.
 */
export async function hostStatus(
  host: HostOutput,
  services: readonly string[],
  tls: boolean,
): Promise<HostStatus> {
  const { address, roles } = host;
  try {
    const client = await SshClient.connect(await quickTarget(host), { signal: patience() });
    try {
      const parts = splitParts(
        await ask(client, statusScript([...unitsOf(roles, tls), ...services])),
      );
      return { answers: true, address, roles, ...parsed(parts) };
    } finally {
      client.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { answers: false, address, roles, error: reason };
  }
}

const patienceMs = 30_000;

function patience(): AbortSignal {
  return AbortSignal.timeout(patienceMs);
}

// HAProxy's socket is not for everybody.
async function ask(client: SshClient, script: string): Promise<string> {
  const result = await client.exec(commandAsRoot('bash -s'), { stdin: script, signal: patience() });
  if (result.status === 0) return result.stdout;
  throw new Error(`could not ask the host: ${result.output.trim().split('\n').at(-1) ?? ''}`);
}

function unitsOf(roles: readonly string[], tls: boolean): readonly string[] {
  const [door, tunnel] = tls ? [['zookeeper-door'], ['zookeeper-tunnel']] : [[], []];
  return [
    ...(roles.includes('zookeeper') ? ['zookeeper', ...door] : []),
    ...(roles.includes('service') ? ['haproxy', 'synapse', 'nerve', ...tunnel] : []),
  ];
}

function parsed(
  parts: ReadonlyMap<string, string>,
): Pick<Reachable, 'units' | 'zookeeper' | 'nerve' | 'synapse' | 'proxies'> {
  const part = (name: string): string => parts.get(name) ?? '';
  return {
    units: parseUnits(part('units')),
    zookeeper: parseSrvr(part('zookeeper')),
    nerve: parseHttpJson(part('nerve')),
    synapse: parseHttpJson(part('synapse')),
    proxies: parseShowStat(part('haproxy')),
  };
}
