import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { type Trust, trustSchema } from './authorities.ts';
import { hostsWith } from './catalog/queries.ts';
import type { DeployedHosts } from './catalog/rule.ts';
import { hostSchema } from './catalog/schema.ts';
import { type Membership, membershipSchema } from './membership.ts';

/** Where a run failed halfway, Pulumi saves nothing, or no such text, for what it did not come to know. */
const loginSchema = z.object({
  hostKey: z.string().startsWith('ssh-').optional().catch(undefined),
  proxy: z.object({ arch: z.string().optional() }).optional().catch(undefined),
});

const deployedSchema = z.record(
  z.string(),
  z
    .object({
      ...hostSchema.pick({ id: true, roles: true, zone: true }).shape,
      address: z.string().optional(),
      arch: z.string().optional(),
      type: z.string().optional().catch(undefined),
      connection: loginSchema.optional().catch(undefined),
    })
    .transform(({ connection, ...host }) => ({
      ...host,
      hostKey: connection?.hostKey,
      bastionArch: connection?.proxy?.arch,
    })),
);

const servicesSchema = z.record(
  z.string(),
  z.object({ port: z.number(), on: z.array(z.string()).readonly() }),
);

/** By name: where its instances listened, and on which hosts. */
export type DeployedServices = Readonly<z.output<typeof servicesSchema>>;

/** What this stack has, as its outputs of last time tell. */
export interface LastDeployed {
  /** None before the first run. */
  readonly hosts: DeployedHosts;
  readonly services: DeployedServices;
  readonly membership: Membership | undefined;
  readonly authorities: Trust;
}

/** A stack may refer to itself: it sees what was last saved. */
export async function lastDeployed(): Promise<LastDeployed> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join('/');
  const stack = new pulumi.StackReference(name);
  const output = async (key: string): Promise<unknown> => (await stack.getOutputDetails(key)).value;
  const parsed = deployedSchema.safeParse((await output('hosts')) ?? {});
  const hosts = parsed.success ? parsed.data : {};
  const services = servicesSchema.safeParse(await output('services'));
  const membership = membershipSchema.safeParse(await output('membership'));
  const authorities = trustSchema.safeParse(await output('authorities'));
  return {
    hosts,
    services: services.success ? services.data : {},
    membership: membership.success ? founded(membership.data) : firstMembership(hosts),
    authorities: authorities.success ? authorities.data : firstTrust(hosts),
  };
}

function founded(membership: Membership): Membership | undefined {
  return membership.members.length === 0 ? undefined : membership;
}

/** Of a stack that was not stood up whole, or by a version that did not tell: its first members. */
function firstMembership(hosts: DeployedHosts): Membership | undefined {
  const members = hostsWith(hosts, 'zookeeper');
  if (members.length === 0) return undefined;
  const founders = Object.fromEntries(members.map((name) => [name, hosts[name]?.address ?? '']));
  return { founders, members };
}

/** The same: there was one authority, if any. */
function firstTrust(hosts: DeployedHosts): Trust {
  return Object.keys(hosts).length === 0 ? [] : [1];
}
