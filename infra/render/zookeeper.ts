/**
 * What a ZooKeeper member needs to know.
 *
 * `zoo.cfg` here is the static part alone. ZooKeeper itself owns the dynamic part (the members):
 * a member with no data takes it from the ensemble that serves, or founds one on the seed where it
 * may, and from then on it is changed by reconfiguration only.
 */
import { hostsWith } from '../catalog/queries.ts';
import type { Ensemble } from '../catalog/schema.ts';
import { addressOf, type Environment, idOf } from './environment.ts';
import { publicFile, type RenderedFile } from './file.ts';
import { paths, ports } from './paths.ts';

/** @param mayFound Whether members that find no ensemble may found it. */
export function zookeeperFiles(
  environment: Environment,
  host: string,
  mayFound: boolean,
): readonly RenderedFile[] {
  const seed = memberLines(environment, mayFound ? 'participant' : 'observer');
  return [
    publicFile(`${paths.zookeeperConfig}/zoo.cfg`, zooCfg(environment.catalog.ensemble)),
    publicFile(`${paths.zookeeperConfig}/myid`, `${idOf(environment, host)}\n`),
    publicFile(`${paths.zookeeperConfig}/zoo.cfg.dynamic.seed`, seed),
  ];
}

export function zooCfg(ensemble: Ensemble): string {
  return `${[
    `tickTime=${ensemble.tickTimeMs}`,
    'initLimit=10',
    'syncLimit=5',
    `dataDir=${paths.zookeeperState}/data`,
    `dataLogDir=${paths.zookeeperState}/log`,
    'standaloneEnabled=false',
    'reconfigEnabled=true',
    'skipACL=no',
    'autopurge.snapRetainCount=3',
    'autopurge.purgeInterval=1',
    'maxClientCnxns=0',
    '4lw.commands.whitelist=conf,isro,mntr,ruok,srvr',
    'admin.enableServer=false',
    'metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider',
    `metricsProvider.httpPort=${ports.zookeeperMetrics}`,
  ].join('\n')}\n`;
}

/**
 * One line a member, in the format of ZooKeeper's dynamic configuration file (since 3.5). Observers
 * have no vote: of them alone no ensemble can be founded.
 */
export function memberLines(environment: Environment, role: 'participant' | 'observer'): string {
  const { zookeeper, zookeeperQuorum, zookeeperElection } = ports;
  // With TLS clients from other hosts come through `zookeeper-door`.
  const clients = environment.catalog.ensemble.tls === true ? '127.0.0.1' : '0.0.0.0';
  return hostsWith(environment.catalog.hosts, 'zookeeper')
    .map((member) => {
      const peer = `${addressOf(environment, member)}:${zookeeperQuorum}:${zookeeperElection}`;
      return `server.${idOf(environment, member)}=${peer}:${role};${clients}:${zookeeper}\n`;
    })
    .join('');
}
