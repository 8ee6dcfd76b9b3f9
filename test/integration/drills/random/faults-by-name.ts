/** What chance may draw. */
import { diskFull } from '../../faults/disk.ts';
import type { Fault } from '../../faults/fault.ts';
import { partitioned } from '../../faults/partition.ts';
import { frozen, killed, killedForGood, restarted, stopped } from '../../faults/process.ts';
import { reloadedByHand } from '../../faults/proxy.ts';
import { together } from '../../faults/together.ts';
import { slow, unhealthy } from '../../faults/worker.ts';
import { membersStopped } from '../../faults/zookeeper.ts';
import type { Inventory } from '../../harness/inventory.ts';
import { echo, workers } from '../catalog/services.ts';
import type { Choice } from './schedule.ts';

interface Drawn extends Choice {
  readonly make: (host: string, inventory: Inventory) => Fault;
}

const onActHost: readonly Drawn[] = [
  ...[workers, echo, 'service_a'].flatMap((unit): readonly Drawn[] => [
    drawn('act-host', `kill -9 of ${unit}`, unit, (host) => killed(host, unit)),
    drawn('act-host', `kill -9 of ${unit} for good`, unit, (host) => killedForGood(host, unit)),
    drawn('act-host', `stop of ${unit}`, unit, (host) => stopped(host, unit)),
    drawn('act-host', `restart of ${unit}`, unit, (host) => restarted(host, unit)),
  ]),
  drawn('act-host', `404 of ${workers}`, workers, (host) => unhealthy(host, 404)),
  drawn('act-host', `3 s of ${workers}`, workers, (host) => slow(host, 3_000)),
  drawn('act-host', 'kill -9 of nerve', 'nerve', (host) => killed(host, 'nerve')),
  drawn('act-host', 'kill -9 of nerve for good', 'nerve', (host) => killedForGood(host, 'nerve')),
  drawn('act-host', 'stop of nerve', 'nerve', (host) => stopped(host, 'nerve')),
  drawn('act-host', 'silence of nerve', 'nerve', (host) => frozen(host, 'nerve')),
  drawn('act-host', 'no way to ZooKeeper', 'network', (host, { members }) =>
    partitioned({ what: 'cut from ZooKeeper', host, from: members, port: 2_181 }),
  ),
];

const onServiceHosts: readonly Drawn[] = [
  drawn('service-host', 'kill -9 of synapse', 'synapse', (host) => killed(host, 'synapse')),
  drawn('service-host', 'kill -9 of synapse for good', 'synapse', (host) =>
    killedForGood(host, 'synapse'),
  ),
  drawn('service-host', 'silence of synapse', 'synapse', (host) => frozen(host, 'synapse')),
  drawn('service-host', 'restart of synapse', 'synapse', (host) => restarted(host, 'synapse')),
  drawn('service-host', 'reload of HAProxy', 'haproxy', (host) => reloadedByHand(host)),
  drawn('service-host', 'disk full', 'synapse', (host) => diskFull(host)),
];

const onEnsemble: readonly Drawn[] = [
  drawn('member', 'kill -9 of a member', 'zookeeper', (host) => killed(host, 'zookeeper')),
  drawn('member', 'a member gone', 'zookeeper', (host) => killedForGood(host, 'zookeeper')),
  drawn('member', 'silence of a member', 'zookeeper', (host) => frozen(host, 'zookeeper')),
  drawn('members', 'ZooKeeper gone', 'zookeeper', (_, { members }) => membersStopped(members)),
  drawn('members', 'silence of ZooKeeper', 'zookeeper', (_, { members }) =>
    together(
      'ZooKeeper falls silent',
      members.map((member) => frozen(member, 'zookeeper')),
    ),
  ),
];

export const faultsByName: ReadonlyMap<string, Drawn> = new Map(
  [...onActHost, ...onServiceHosts, ...onEnsemble].map((one) => [one.fault, one]),
);

function drawn(victim: Choice['victim'], fault: string, unit: string, make: Drawn['make']): Drawn {
  return { victim, fault, unit, make };
}
