/**
 * TLS to ZooKeeper, in which both ends prove who they are. Whoever comes from another host goes
 * through HAProxy on both, as nerve's and synapse's client speaks no TLS:
 *
 *     nerve, synapse ─► zookeeper-tunnel, 127.0.0.1 ═TLS═► zookeeper-door, :2281 ─► ZooKeeper, 127.0.0.1
 *                                 the other members ═TLS═►
 *
 * Members alone have certificates of the ensemble's own authority: no host of the environment passes
 * for one. Among themselves they speak TLS without HAProxy (`zookeeper-compose-config`).
 */
import { hostsWith, tunnelPortOf } from '../catalog/queries.ts';
import { addressOf, type Environment, idOf, memberName } from './environment.ts';
import { publicFile, type RenderedFile } from './file.ts';
import { paths, ports } from './paths.ts';
import { type RelayOptions, relayUnit } from './units.ts';

/** How far members are with TLS among themselves; those next to each other understand each other. */
export const quorumTls = { none: 0, taken: 1, spoken: 2, only: 3 } as const;

/** A HAProxy of its own, which does nothing but TLS. */
export interface RelayFiles {
  /** Of the unit. */
  readonly name: string;
  readonly unit: RenderedFile;
  readonly config: RenderedFile;
}

/** For nerve and synapse: how they reach each member. `undefined` where they need no tunnel. */
export function tunnels(environment: Environment): Readonly<Record<string, string>> | undefined {
  if (environment.catalog.ensemble.tls !== true) return undefined;
  return Object.fromEntries(
    membersOf(environment).map((member) => [
      memberName(environment, member),
      `127.0.0.1:${tunnelPortOf(idOf(environment, member))}`,
    ]),
  );
}

/** Of a service host; `undefined` without TLS. */
export function tunnelFiles(environment: Environment): RelayFiles | undefined {
  if (environment.catalog.ensemble.tls !== true) return undefined;
  const ways = membersOf(environment).map((member) => {
    const id = idOf(environment, member);
    const there = `${addressOf(environment, member)}:${ports.zookeeperTls}`;
    return section(`listen member-${id}`, [
      `bind 127.0.0.1:${tunnelPortOf(id)}`,
      `server member ${there} ssl verify required ca-file ${paths.ensembleAuthority} ` +
        `crt ${paths.hostCertificate} ssl-min-ver TLSv1.3`,
    ]);
  });
  return relayFiles('zookeeper-tunnel', paths.tunnelConfig, [common, ...ways], {
    description: 'zookeeper-tunnel brings nerve and synapse to ZooKeeper over TLS',
    // Stopped after them: they have something to say to ZooKeeper at their end.
    unit: ['Before=nerve.service synapse.service'],
  });
}

/** Of a member; `undefined` without TLS. */
export function doorFiles({ catalog }: Pick<Environment, 'catalog'>): RelayFiles | undefined {
  if (catalog.ensemble.tls !== true) return undefined;
  const listener = section('listen door', [
    `bind *:${ports.zookeeperTls} ssl crt ${paths.memberCertificate} ` +
      `verify required ca-file ${paths.clientAuthorities} ssl-min-ver TLSv1.3`,
    `server zookeeper 127.0.0.1:${ports.zookeeper}`,
  ]);
  return relayFiles('zookeeper-door', paths.doorConfig, [common, listener], {
    description: 'zookeeper-door takes clients of ZooKeeper over TLS',
  });
}

function relayFiles(
  name: string,
  path: string,
  sections: readonly string[],
  options: RelayOptions,
): RelayFiles {
  return {
    name,
    unit: relayUnit(name, path, options),
    config: publicFile(path, sections.join('\n')),
  };
}

function membersOf({ catalog }: Environment): readonly string[] {
  return hostsWith(catalog.hosts, 'zookeeper');
}

function section(title: string, lines: readonly string[]): string {
  return `${[title, ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
}

/**
 * Nothing is tried twice: clients go on to the next member. Whoever falls silent is left by them, too,
 * long before a connection ends here; what one end has closed is not kept by the other.
 */
const common = [
  section('global', ['log /dev/log len 4096 local0', 'hard-stop-after 10m']),
  section('defaults', [
    'mode tcp',
    'log global',
    'option tcplog',
    'option dontlog-normal',
    'option dontlognull',
    'option clitcpka',
    'option srvtcpka',
    'retries 0',
    'timeout connect 2s',
    'timeout client 1h',
    'timeout server 1h',
    'timeout client-fin 5s',
    'timeout server-fin 5s',
  ]),
].join('\n');
