import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ComponentResourceOptions, Output, Resource } from '@pulumi/pulumi';
import { InvalidEnvironmentError } from './catalog/invalid-environment.ts';
import { hostsWith } from './catalog/queries.ts';
import type { DeployedHosts } from './catalog/rule.ts';
import type { Catalog } from './catalog/schema.ts';
import { CertificateAuthority, type HostTls } from './components/certificate-authority.ts';
import { ServiceHost } from './components/service-host.ts';
import { ZookeeperEnsemble } from './components/zookeeper-ensemble.ts';
import { ZookeeperMember } from './components/zookeeper-member.ts';
import { DeployTurns } from './deploy-turns.ts';
import type { LastDeployed } from './last-deployed.ts';
import { type Membership, type MembershipPlan, planMembership } from './membership.ts';
import { serviceOutputs } from './outputs.ts';
import type { RegistryOwner } from './registry-owner.ts';
import type { Releases } from './releases/releases.ts';
import { addressOf, type Environment, ensembleHosts } from './render/environment.ts';
import { type ReadSource, serviceHostFiles } from './render/host.ts';
import { speaksTls, tlsNames } from './render/tls.ts';
import { memberLines, zookeeperFiles } from './render/zookeeper.ts';
import type { StackOutputs } from './stack-outputs.ts';
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
  /** `address:2181` of every member of the ensemble. */
  readonly ensembleHosts: readonly string[];
  readonly ensemble: ZookeeperEnsemble;
  readonly members: ReadonlyMap<string, ZookeeperMember>;
  /** By the name of the host. Depend on one to be sure of the proxy on it. */
  readonly serviceHosts: ReadonlyMap<string, ServiceHost>;
  /** What `lastDeployed` reads next time where the program exports all three by these names. */
  readonly hosts: DeployedHosts;
  readonly membership: Output<Membership>;
  readonly services: Readonly<StackOutputs['services']>;
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
  const ground: Ground = { ...args, environment, options };
  const plan = planMembership(args.deployed.membership, memberAddresses(environment));
  const members = await zookeeperMembers(ground, plan);
  const ensemble = new ZookeeperEnsemble(
    {
      environment: catalog.environment,
      members: [...members.values()],
      bySeniority: plan.next.members,
      lines: memberLines(environment, 'participant'),
    },
    options,
  );
  // Nobody is told of members that do not serve yet. While they stay the same, nobody need wait.
  const servedBy = plan.changes ? [ensemble.changed] : [];
  const readSource = (path: string): string => readFileSync(resolve(folder, path), 'utf8');
  const serviceHosts = await hostsOfServices(ground, readSource, servedBy);
  return {
    ...{ catalog, ensemble, members, serviceHosts, hosts: deployedHosts(environment) },
    ensembleHosts: ensembleHosts(environment),
    services: serviceOutputs(catalog),
    membership: ensemble.changed.stdout.apply(() => plan.next),
  };
}

interface Ground extends Omit<ProvisionArgs, 'catalog' | 'folder'> {
  readonly environment: Environment;
  readonly options: ComponentResourceOptions;
}

async function zookeeperMembers(
  ground: Ground,
  { mayFound }: MembershipPlan,
): Promise<ReadonlyMap<string, ZookeeperMember>> {
  const { environment, releases, options } = ground;
  const { heapMb } = environment.catalog.ensemble;
  const zookeeper = await releases.zookeeper();
  return new Map(
    having('zookeeper', ground).map((host) => {
      const files = zookeeperFiles(environment, host.name, mayFound);
      return [host.name, new ZookeeperMember({ host, files, zookeeper, heapMb }, options)];
    }),
  );
}

async function hostsOfServices(
  ground: Ground,
  readSource: ReadSource,
  servedBy: readonly Resource[],
): Promise<ReadonlyMap<string, ServiceHost>> {
  const { environment, deployed, releases, registryOwner, options } = ground;
  const agent = await releases.agent();
  const tls = tlsOf(ground);
  const made = new Map<string, ServiceHost>();
  const turns = new DeployTurns(deployed.services);
  let rollAfter: readonly ServiceHost[] = [];
  for (const host of having('service', ground)) {
    const files = serviceHostFiles(environment, host.name, readSource);
    const node = await releases.node(host.arch);
    const own = { zookeeperSecret: registryOwner?.secret, tls: tls(host) };
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

/** Its authority is made where a host needs one. */
function tlsOf(ground: Ground): (host: Host) => HostTls | undefined {
  const { environment, options } = ground;
  const hosts = having('service', ground).filter(({ name }) => speaksTls(environment, name));
  if (hosts.length === 0) return () => undefined;
  const of = { environment: environment.catalog.environment, now: new Date() };
  const authority = new CertificateAuthority(of, options);
  return (host) =>
    hosts.includes(host)
      ? authority.hostTls(host.name, tlsNames(environment, host.name))
      : undefined;
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
