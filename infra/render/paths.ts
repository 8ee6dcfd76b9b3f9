/** Where things are on a host; the same names as in the documentation. */
export const paths = {
  release: '/opt/smartstack/current',
  releases: '/opt/smartstack/releases',
  uploads: '/var/cache/smartstack',
  config: '/etc/smartstack',
  tls: '/etc/smartstack/tls',
  authority: '/etc/smartstack/tls/ca.pem',
  hostCertificate: '/etc/smartstack/tls/host.pem',
  ensembleAuthority: '/etc/smartstack/tls/ensemble.pem',
  tunnelConfig: '/etc/smartstack/zookeeper-tunnel.cfg',
  nerveServices: '/etc/smartstack/nerve.d',
  zookeeperSecret: '/etc/smartstack/zookeeper.secret',
  nerveSocket: '/run/smartstack/nerve.sock',
  nerveState: '/var/lib/smartstack/nerve.state.json',
  synapseSocket: '/run/smartstack/synapse.sock',
  state: '/var/lib/smartstack',
  run: '/run/smartstack',
  units: '/etc/systemd/system',
  services: '/srv/smartstack',
  haproxyConfig: '/var/lib/smartstack/haproxy/haproxy.cfg',
  haproxySocket: '/run/smartstack/haproxy.sock',
  haproxyMasterSocket: '/run/smartstack/haproxy-master.sock',
  zookeeper: '/opt/zookeeper/current',
  zookeeperReleases: '/opt/zookeeper/releases',
  zookeeperConfig: '/etc/zookeeper',
  zookeeperState: '/var/lib/zookeeper',
  zookeeperTls: '/etc/zookeeper/tls',
  memberAuthority: '/etc/zookeeper/tls/ensemble.pem',
  memberCertificate: '/etc/zookeeper/tls/member.pem',
  clientAuthorities: '/etc/zookeeper/tls/clients.pem',
  doorConfig: '/etc/zookeeper/tls/door.cfg',
} as const;

export const ports = {
  zookeeper: 2181,
  zookeeperQuorum: 2888,
  zookeeperElection: 3888,
  zookeeperTls: 2281,
  synapse: 3210,
  nerve: 3211,
  haproxyStatistics: 3212,
  zookeeperMetrics: 7000,
} as const;

/** User that every unit runs as. */
export const user = 'smartstack';

/** Below it is all that an environment has in the registry. */
export function zkRoot(environment: string): string {
  return `/${environment}`;
}

/** Where an environment registers the instances of a service, as in Airbnb's SmartStack. */
export function zkPath(environment: string, service: string): string {
  return `${zkRoot(environment)}/services/${service}/services`;
}

/** Of a registration: where its host is. */
export const zoneLabel = 'zone';
