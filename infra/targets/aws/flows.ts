/** Who has to reach whom: what the catalog needs, and what the configuration asks for beyond it. */
import { isIPv4 } from 'node:net';
import { ports } from '../../render/paths.ts';
import { type PortRange, portRanges } from './port-ranges.ts';

/** Each is one security group; a host with both roles is in both. */
export const groups = ['zookeeper', 'service', 'bastion'] as const;
export type Group = (typeof groups)[number];

/** Such as `203.0.113.0/24`. */
export type Cidr = string;

/** Requests from one side to the other; at least one of them is a group. Answers need no rule. */
export interface Flow extends PortRange {
  readonly source: Group | Cidr;
  readonly destination: Group | Cidr;
  readonly protocol: 'tcp' | 'udp';
  readonly why: string;
}

export interface FlowRequest {
  /** Where hosts reach each other's services. */
  readonly servicePorts: readonly number[];
  /** Whether members are reached over TLS. */
  readonly ensembleTls: boolean;
  readonly statsd: { readonly host: string; readonly port: number } | undefined;
  /** Ranges from which people log in: on the bastion, or on the hosts where there is none. */
  readonly sshFrom: readonly Cidr[];
  readonly bastion: boolean;
  /** What the configuration asks for. */
  readonly allowed: readonly Flow[];
}

export function planFlows(request: FlowRequest): readonly Flow[] {
  const { zookeeper, zookeeperTls, zookeeperQuorum, zookeeperElection } = ports;
  const clients = request.ensembleTls ? zookeeperTls : zookeeper;
  return [
    flow('service', 'zookeeper', clients, 'nerve and synapse'),
    // Each member asks the others how they are before it restarts.
    flow('zookeeper', 'zookeeper', clients, 'health of the ensemble'),
    flow('zookeeper', 'zookeeper', zookeeperQuorum, 'quorum'),
    flow('zookeeper', 'zookeeper', zookeeperElection, 'election'),
    ...portRanges(request.servicePorts).map((range) => ({
      ...flow('service', 'service', 0, 'services'),
      ...range,
    })),
    ...sshFlows(request),
    ...statsdFlows(request),
    ...packageFlows(request),
    ...request.allowed,
  ];
}

function sshFlows({ sshFrom, bastion }: FlowRequest): readonly Flow[] {
  const sources = bastion ? ['bastion'] : sshFrom;
  return [
    ...(bastion ? sshFrom.map((cidr) => flow(cidr, 'bastion', 22, 'ssh')) : []),
    ...sources.flatMap((source) => [
      flow(source, 'zookeeper', 22, 'ssh'),
      flow(source, 'service', 22, 'ssh'),
    ]),
  ];
}

/** A rule knows no names: a server that is called by one takes a flow in the configuration. */
function statsdFlows({ statsd }: FlowRequest): readonly Flow[] {
  if (statsd === undefined || !isIPv4(statsd.host) || statsd.host.startsWith('127.')) return [];
  const metrics = flow('service', `${statsd.host}/32`, statsd.port, 'metrics');
  return [{ ...metrics, protocol: 'udp' }];
}

/** To Debian's mirrors, which have no fixed addresses. */
function packageFlows({ bastion }: FlowRequest): readonly Flow[] {
  return groups
    .filter((group) => bastion || group !== 'bastion')
    .flatMap((group) => [80, 443].map((port) => flow(group, '0.0.0.0/0', port, 'packages')));
}

function flow(source: Flow['source'], destination: Flow['destination'], port: number, why: string) {
  return { source, destination, first: port, last: port, protocol: 'tcp', why } as const;
}
