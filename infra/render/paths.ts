/** Where things are on a host; the same names as in the documentation. */
export const paths = {
  release: '/opt/smartstack/current',
  releases: '/opt/smartstack/releases',
  uploads: '/var/cache/smartstack',
  config: '/etc/smartstack',
  tls: '/etc/smartstack/tls',
  authority: '/etc/smartstack/tls/ca.pem',
  hostCertificate: '/etc/smartstack/tls/host.pem',
  nerveServices: '/etc/smartstack/nerve.d',
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
} as const;

export const ports = {
  zookeeper: 2181,
  zookeeperQuorum: 2888,
  zookeeperElection: 3888,
  synapse: 3210,
  nerve: 3211,
  haproxyStatistics: 3212,
  zookeeperMetrics: 7000,
} as const;

/** User that every unit runs as. */
export const user = 'smartstack';

/** Where an environment registers the instances of a service, as in Airbnb's SmartStack. */
export function zkPath(environment: string, service: string): string {
  return `/${environment}/services/${service}/services`;
}

/** Of a registration: where its host is. */
export const zoneLabel = 'zone';
