import { constants, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { all, type ComponentResourceOptions, type Output, type Resource } from '@pulumi/pulumi';
import { authorityProblems, type Trust } from './authorities.ts';
import { InvalidEnvironmentError } from './catalog/invalid-environment.ts';
import { hostsWith } from './catalog/queries.ts';
import type { DeployedHosts } from './catalog/rule.ts';
import type { Catalog } from './catalog/schema.ts';
import {
  CertificateAuthority,
  EnsembleAuthority,
  type HostTls,
} from './components/certificate-authority.ts';
import { ServiceHost } from './components/service-host.ts';
import { ZookeeperEnsemble } from './components/zookeeper-ensemble.ts';
import { type MemberTls, ZookeeperMember } from './components/zookeeper-member.ts';
import { DeployTurns } from './deploy-turns.ts';
import type { DeployedServices, LastDeployed } from './last-deployed.ts';
import {
  type Membership,
  type MembershipPlan,
  membershipProblems,
  planMembership,
  unfounded,
} from './membership.ts';
import { onceSo } from './once-so.ts';
import { type ServiceOutputs, serviceOutputs } from './outputs.ts';
import type { RegistryOwner } from './registry-owner.ts';
import type { Releases } from './releases/releases.ts';
import { addressOf, type Environment, ensembleAddresses } from './render/environment.ts';
import { type ReadSource, serviceHostFiles } from './render/host.ts';
import { speaksTls, tlsNames } from './render/tls.ts';
import { memberLines, zookeeperFiles } from './render/zookeeper.ts';
import { doorFiles } from './render/zookeeper-tls.ts';
import type { Host } from './targets/host.ts';
import { hostDifferences } from './targets/host-differences.ts';
import { withZones } from './targets/with-zones.ts';
import { withoutStackTraces } from './without-stack-traces.ts';

export interface ProvisionArgs {
  readonly catalog: Catalog;
  /** A machine for each host of the catalog, by the same names. */
  readonly hosts: readonly Host[];
  /** What the names of the catalog's files are relative to. */
  readonly folder: string;
  /** Of last time: its hosts move to a new release of the agent one after the other. */
  readonly deployed: LastDeployed;
  readonly releases: Releases;
  /** Everybody may write the registry where there is none. */
  readonly registryOwner?: RegistryOwner | undefined;
}

export interface ProvisionedEnvironment {
  /** With the zones of its hosts. */
  readonly catalog: Catalog;
  /** `address:2181` of every member of the ensemble, or `address:2281` where they take TLS. */
  readonly ensembleHosts: readonly string[];
  readonly ensemble: ZookeeperEnsemble;
  readonly members: ReadonlyMap<string, ZookeeperMember>;
  /** By the name of the host. Depend on one to be sure of the proxy on it. */
  readonly serviceHosts: ReadonlyMap<string, ServiceHost>;
  /** What `lastDeployed` reads next time where the program exports all four by these names. */
  readonly hosts: DeployedHosts;
  /** As it was before until the ensemble is changed, the first time until a member has started. */
  readonly membership: Output<Membership>;
  /** Whom hosts trust, once they all do; the first one signs. None where nothing speaks TLS. */
  readonly authorities: Output<Trust>;
  /** A port that changes is told once all instances are there, and registered so. */
  readonly services: ServiceOutputs;
}

/**
 * Makes a catalog so, on hosts that are there or on their way:
 *
 *     catalog, hosts ─render─┬─► ZooKeeper members ─► ensemble
 *                            └─► service hosts ◄─ certificates, for TLS
 *
 * `options` are those of each part: with a `parent`, for one, they all stand below it.
 *
 * @throws InvalidEnvironmentError where the hosts are not those of the catalog.
 */
export async function provisionEnvironment(
  args: ProvisionArgs,
  options: ComponentResourceOptions = {},
): Promise<ProvisionedEnvironment> {
  const { catalog: written, hosts, folder, registryOwner } = args;
  const problems = hostDifferences(written, hosts);
  if (problems.length > 0) throw new InvalidEnvironmentError('hosts', problems);
  const catalog = withZones(written, hosts);
  const addresses = new Map(hosts.map(({ name, address }) => [name, address]));
  const environment: Environment = { catalog, addresses, registryAcl: registryOwner?.acl };
  const authorities = authoritiesFor(environment, options);
  const ground: Ground = { ...args, environment, options, authorities };
  const { tls } = catalog.ensemble;
  const addressesOfMembers = memberAddresses(environment);
  const trust: Trust = authorities.hosts === undefined ? [] : catalog.authorities;
  const refused = [
    ...membershipProblems(args.deployed.membership, addressesOfMembers, tls),
    ...authorityProblems(args.deployed.authorities, trust),
  ];
  if (refused.length > 0) throw new InvalidEnvironmentError('catalog', refused);
  const plan = planMembership(args.deployed.membership, addressesOfMembers, tls);
  const members = await zookeeperMembers(ground, plan);
  const made = [...members.values()];
  const ensembleAfter = (after: readonly Resource[]): ZookeeperEnsemble =>
    new ZookeeperEnsemble(
      {
        environment: catalog.environment,
        members: made,
        bySeniority: plan.next.members,
        lines: memberLines(environment, 'participant'),
        ...{ tls, after },
      },
      options,
    );
  const hostsAfter = (servedBy: readonly Resource[]): Promise<ServiceHosts> =>
    hostsOfServices(ground, readSourceIn(folder), servedBy);
  const { ensemble, serviceHosts } = await inOrder(plan, made, ensembleAfter, hostsAfter);
  return {
    ...{ catalog, ensemble, members, serviceHosts, hosts: deployedHosts(environment) },
    ensembleHosts: ensembleAddresses(environment),
    services: serviceOutputs(catalog, movingPorts(args.deployed.services, catalog, serviceHosts)),
    membership: remembered(args.deployed.membership, plan, ensemble, made),
    authorities: trusted(args.deployed.authorities, trust, ensemble, serviceHosts),
  };
}

/** Whoever founded it must never be forgotten: others could found a second one. */
function remembered(
  last: Membership | undefined,
  { next }: MembershipPlan,
  { changed }: ZookeeperEnsemble,
  members: readonly ZookeeperMember[],
): Output<Membership> {
  if (last !== undefined) return onceSo([changed.stdout], next, last);
  const started = members.map((member) => onceSo([member.started.stdout], true, false));
  return all(started).apply((some) => (some.includes(true) ? next : unfounded));
}

/** Where nobody trusted any authority yet, whoever is trusted from now on is told at once. */
function trusted(
  last: Trust,
  next: Trust,
  { rolled }: ZookeeperEnsemble,
  serviceHosts: ServiceHosts,
): Output<Trust> {
  const reaching = [...serviceHosts.values()].flatMap((host) => host.reaching);
  const told = [rolled, ...reaching].map(({ stdout }) => stdout);
  return onceSo(told, next, last.length === 0 ? next : last);
}

/** By name: until all of a service's hosts are through, the next run has to know that it moves. */
function movingPorts(
  deployed: DeployedServices,
  { services }: Catalog,
  serviceHosts: ServiceHosts,
): Readonly<Record<string, Output<number>>> {
  const moving = Object.entries(services).flatMap(([name, { port }]) => {
    const last = deployed[name]?.port;
    if (last === undefined || last === port) return [];
    const told = [...serviceHosts.values()].flatMap((host) => {
      const service = host.services.get(name);
      return service === undefined ? [] : [service.stdout, host.told.stdout];
    });
    return [[name, onceSo(told, port, last)] as const];
  });
  return Object.fromEntries(moving);
}

type ServiceHosts = ReadonlyMap<string, ServiceHost>;

/**
 * Nobody is told of members that do not serve yet, nor of a way to them that is not open: where TLS is
 * turned on, hosts take it before the members close the other way, and where it is turned off, after
 * they have opened that. While members stay as they are, nobody need wait.
 */
async function inOrder(
  { changes, turnsTlsOn, next }: MembershipPlan,
  members: readonly ZookeeperMember[],
  ensembleAfter: (after: readonly Resource[]) => ZookeeperEnsemble,
  hostsAfter: (servedBy: readonly Resource[]) => Promise<ServiceHosts>,
): Promise<{ readonly ensemble: ZookeeperEnsemble; readonly serviceHosts: ServiceHosts }> {
  if (turnsTlsOn) {
    const serviceHosts = await hostsAfter(members.map(({ reachable }) => reachable));
    const reaching = [...serviceHosts.values()].flatMap((host) => host.reaching);
    return { serviceHosts, ensemble: ensembleAfter(reaching) };
  }
  const ensemble = ensembleAfter([]);
  const servedBy = changes || next.tls === false ? [ensemble.changed] : [];
  return { ensemble, serviceHosts: await hostsAfter(servedBy) };
}

interface Ground extends Omit<ProvisionArgs, 'catalog' | 'folder'> {
  readonly environment: Environment;
  readonly options: ComponentResourceOptions;
  readonly authorities: Authorities;
}

/** Made where a host needs one. */
interface Authorities {
  readonly hosts?: CertificateAuthority;
  readonly ensemble?: EnsembleAuthority;
}

function authoritiesFor(environment: Environment, options: ComponentResourceOptions): Authorities {
  const { catalog } = environment;
  const tls = catalog.ensemble.tls === true;
  const { environment: name, authorities } = catalog;
  const of = { environment: name, authorities, now: new Date() };
  const speaks = hostsWith(catalog.hosts, 'service').some((name) => speaksTls(environment, name));
  return {
    ...(tls || speaks ? { hosts: new CertificateAuthority(of, options) } : {}),
    ...(tls ? { ensemble: new EnsembleAuthority(of, options) } : {}),
  };
}

async function zookeeperMembers(
  ground: Ground,
  { mayFound }: MembershipPlan,
): Promise<ReadonlyMap<string, ZookeeperMember>> {
  const { environment, releases, options } = ground;
  const { heapMb, tls: speaksTls } = environment.catalog.ensemble;
  const zookeeper = await releases.zookeeper();
  return new Map(
    having('zookeeper', ground).map((host) => {
      const files = zookeeperFiles(environment, host.name, mayFound);
      const how = { heapMb, speaksTls, tls: memberTls(ground, host) };
      return [host.name, new ZookeeperMember({ host, files, zookeeper, ...how }, options)];
    }),
  );
}

function readSourceIn(folder: string): ReadSource {
  return (path) => {
    const file = resolve(folder, path);
    const executable = (statSync(file).mode & constants.S_IXUSR) !== 0;
    return { content: readFileSync(file, 'utf8'), executable };
  };
}

async function hostsOfServices(
  ground: Ground,
  readSource: ReadSource,
  servedBy: readonly Resource[],
): Promise<ServiceHosts> {
  const { environment, deployed, releases, registryOwner, options } = ground;
  const agent = await releases.agent();
  const ensembleAuthority = ground.authorities.ensemble?.forClients;
  const made = new Map<string, ServiceHost>();
  const turns = new DeployTurns(deployed.services);
  const filesOf = serviceHostFiles(environment, readSource);
  let rollAfter: readonly ServiceHost[] = [];
  for (const host of having('service', ground)) {
    const files = filesOf(host.name);
    const node = await releases.node(host.arch);
    const tls = hostTls(ground, host);
    const own = { zookeeperSecret: registryOwner?.secret, tls, ensembleAuthority };
    const before = { rollAfter, deployAfter: turns.before(host.name), servedBy };
    const args = { host, files, agent, node, ...before, ...own };
    const serviceHost = withoutStackTraces(() => new ServiceHost(args, options));
    made.set(host.name, serviceHost);
    turns.passed(serviceHost, environment.catalog.services);
    // A host that is new has nothing to lose, and keeps nobody waiting.
    if (host.name in deployed.hosts) rollAfter = [serviceHost];
  }
  return made;
}

function memberTls({ environment, authorities }: Ground, host: Host): MemberTls | undefined {
  const { hosts, ensemble } = authorities;
  const door = doorFiles(environment);
  if (hosts === undefined || ensemble === undefined || door === undefined) return undefined;
  return { certificate: ensemble.memberTls(host.name, hosts), door };
}

function hostTls({ environment, authorities }: Ground, { name }: Host): HostTls | undefined {
  if (authorities.ensemble === undefined && !speaksTls(environment, name)) return undefined;
  return authorities.hosts?.hostTls(name, tlsNames(environment, name));
}

function memberAddresses(environment: Environment): Readonly<Record<string, string>> {
  const names = hostsWith(environment.catalog.hosts, 'zookeeper');
  return Object.fromEntries(names.map((name) => [name, addressOf(environment, name)]));
}

function having(role: 'zookeeper' | 'service', { environment, hosts }: Ground): readonly Host[] {
  const names = hostsWith(environment.catalog.hosts, role);
  return hosts.filter(({ name }) => names.includes(name));
}

function deployedHosts({ catalog, addresses }: Environment): DeployedHosts {
  return Object.fromEntries(
    Object.entries(catalog.hosts).map(([name, { id, roles, zone }]) => {
      const place = zone === undefined ? {} : { zone };
      return [name, { id, roles, ...place, address: addresses.get(name) }];
    }),
  );
}
