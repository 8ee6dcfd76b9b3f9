/**
 * The Pulumi program: catalog and stack configuration in, an environment out.
 *
 *     catalog ─check─► target ─► hosts ─► provisionEnvironment
 */
import { resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { InvalidEnvironmentError } from './catalog/invalid-environment.ts';
import { lastDeployed } from './last-deployed.ts';
import { catalogFile, loadCatalog } from './load-catalog.ts';
import { hostOutputs } from './outputs.ts';
import { provisionEnvironment } from './provision-environment.ts';
import { registryOwner } from './registry-owner.ts';
import { agentSource, buildAgentRelease } from './releases/agent.ts';
import { nodeRuntime } from './releases/node-runtime.ts';
import { zookeeperRelease } from './releases/zookeeper.ts';
import { givesZones, targetHosts, targetName } from './targets/target.ts';

const root = resolve(import.meta.dirname, '..');
const config = new pulumi.Config();

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
const owner = await plainErrors(() => registryOwner(config));
const provisioned = await plainErrors(() =>
  provisionEnvironment({
    catalog: written.catalog,
    hosts: allHosts,
    folder: root,
    deployed,
    registryOwner: owner,
    releases: {
      agent: () => buildAgentRelease({ source: agentSource() }),
      node: nodeRuntime,
      zookeeper: zookeeperRelease,
    },
  }),
);
const { catalog } = provisioned;

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
/** The connection string of the ensemble: `address:2181,…`, or `address:2281,…` for TLS. */
export const ensemble = provisioned.ensembleHosts.join(',');
/** Who founded it and who is in it; told once it is so. */
export const membership = provisioned.membership;
export const hosts = hostOutputs(catalog, allHosts);
export const { services } = provisioned;
/** By number, who certificates come from; told once all hosts trust them. The first one signs. */
export const { authorities } = provisioned;
