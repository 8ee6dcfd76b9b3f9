/** Which names are legal where: hosts, znodes, systemd units and HAProxy's sections. */

/**
 * The strictest of the four decides: lower case for host names, `_` and `-` only, no dot (a unit
 * name ends at one), and short enough that `{host}_{address}:{port}` fits HAProxy's names.
 */
const legalName = /^[a-z](?:[a-z0-9_-]{0,46}[a-z0-9])?$/;

export const legalNameRule =
  'a name has 1 to 48 lower-case letters, digits, hyphens and underscores, starts with a letter, ' +
  'and ends with a letter or digit';

export function isLegalName(name: string): boolean {
  return legalName.test(name);
}

/** A legal name that is near the given one, to suggest. */
export function toLegalName(name: string): string {
  const legal = name
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, 48)
    .replace(/[_-]+$/, '');
  return legal === '' ? 'service' : legal;
}

/** A machine's own hostname: RFC 1123 knows no underscore. */
export function machineName(hostName: string): string {
  return hostName.replaceAll('_', '-');
}

/** Ports that the system itself uses on its hosts, and what for. */
export const reservedPorts: ReadonlyMap<number, string> = new Map([
  [22, 'ssh'],
  [2181, 'ZooKeeper clients'],
  [2888, 'the ZooKeeper quorum'],
  [3888, 'ZooKeeper elections'],
  [3210, 'synapse'],
  [3211, 'nerve'],
  [3212, "HAProxy's statistics"],
  [7000, "ZooKeeper's metrics"],
]);

/** The same where members of the ensemble are reached over TLS. */
export const reservedForEnsembleTls: ReadonlyMap<number, string> = new Map([
  [2281, 'ZooKeeper clients that come over TLS'],
]);

/** A service becomes `<name>.service`: these units are taken. */
export const reservedServiceNames: ReadonlySet<string> = new Set([
  'cron',
  'dbus',
  'haproxy',
  'nerve',
  'networking',
  'nftables',
  'rsyslog',
  'ssh',
  'sshd',
  'stats',
  'sudo',
  'synapse',
  'udev',
  'zookeeper',
  'zookeeper-door',
  'zookeeper-tunnel',
]);

export function isReservedServiceName(name: string): boolean {
  return reservedServiceNames.has(name) || name.startsWith('systemd-');
}

/** Of these with TLS, HAProxy would have two proxies of one name: it has `certificates.tls` itself. */
export const reservedTlsNames: ReadonlySet<string> = new Set(['certificates']);
