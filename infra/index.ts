/**
 * The Pulumi program: catalog and stack configuration in, an environment out.
 *
 *     catalog ─validate─► target ─► hosts ─┬─► ZooKeeper members ─► ensemble
 *                                  render ─┴─► service hosts
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { InvalidEnvironmentError } from './catalog/invalid-environment.ts';
import { hostsWith } from './catalog/queries.ts';
import { ServiceHost } from './components/service-host.ts';
import { ZookeeperEnsemble } from './components/zookeeper-ensemble.ts';
import { ZookeeperMember } from './components/zookeeper-member.ts';
import { lastDeployed } from './last-deployed.ts';
import { catalogFile, loadCatalog } from './load-catalog.ts';
import { planMembership } from './membership.ts';
import { hostOutputs, serviceOutputs } from './outputs.ts';
import { buildAgentRelease } from './releases/agent.ts';
import { nodeRuntime } from './releases/node-runtime.ts';
import { zookeeperRelease } from './releases/zookeeper.ts';
import { addressOf, type Environment, ensembleHosts } from './render/environment.ts';
import { serviceHostFiles } from './render/host.ts';
import { memberLines, zookeeperFiles } from './render/zookeeper.ts';
import type { Host } from './targets/host.ts';
import { givesZones, targetHosts, targetName, withZones } from './targets/target.ts';
import { withoutStackTraces } from './without-stack-traces.ts';

const root = resolve(import.meta.dirname, '..');
const config = new pulumi.Config();
const readSource = (path: string): string => readFileSync(join(root, path), 'utf8');

export const target = targetName(config);
const deployed = await lastDeployed();
const written = await plainErrors(() =>
  loadCatalog(root, catalogFile(), deployed.hosts, {
    everyHostHasZone: givesZones(target),
    environment: config.get('environment'),
  }),
);
for (const warning of written.warnings) await pulumi.log.warn(warning);

const allHosts = await plainErrors(() =>
  targetHosts({ catalog: written.catalog, config, deployed: deployed.hosts }),
);
const catalog = withZones(written.catalog, allHosts);
const rendering: Environment = {
  catalog,
  addresses: new Map(allHosts.map(({ name, address }) => [name, address])),
};
const having = (role: 'zookeeper' | 'service'): readonly Host[] => {
  const names = hostsWith(catalog.hosts, role);
  return allHosts.filter(({ name }) => names.includes(name));
};

const zookeeper = await zookeeperRelease();
const wantedMembers = hostsWith(catalog.hosts, 'zookeeper').map(
  (name) => [name, addressOf(rendering, name)] as const,
);
const plan = planMembership(deployed.membership, Object.fromEntries(wantedMembers));
const members = having('zookeeper').map((host) => {
  const files = zookeeperFiles(rendering, host.name, plan.mayFound);
  return new ZookeeperMember({ host, files, zookeeper, heapMb: catalog.ensemble.heapMb });
});
const { changed } = new ZookeeperEnsemble({
  environment: catalog.environment,
  members,
  bySeniority: plan.next.members,
  lines: memberLines(rendering, 'participant'),
});
// Nobody is told of members that do not serve yet. While they stay the same, nobody need wait.
const servedBy = plan.changes ? [changed] : [];

const agent = await buildAgentRelease();
for (const host of having('service')) {
  const files = serviceHostFiles(rendering, host.name, readSource);
  const node = await nodeRuntime(host.arch);
  withoutStackTraces(() => new ServiceHost({ host, files, agent, node, servedBy }));
}

/** Mistakes of people are shown as they are, without a stack trace. */
async function plainErrors<T>(work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) {
      throw new pulumi.RunError(error.message);
    }
    throw error;
  }
}

export const environment = catalog.environment;
/** The connection string of the ensemble: `address:2181,…`. */
export const ensemble = ensembleHosts(rendering).join(',');
/** Who founded it and who is in it; told once it is so. */
export const membership = changed.stdout.apply(() => plan.next);
export const hosts = hostOutputs(catalog, allHosts);
export const services = serviceOutputs(catalog);
