import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import type { DeployedHosts } from './catalog/rule.ts';
import { hostSchema } from './catalog/schema.ts';

const deployedSchema = z.record(
  z.string(),
  z.object({
    ...hostSchema.pick({ id: true, roles: true, zone: true }).shape,
    address: z.string().optional(),
  }),
);

/**
 * The hosts that this stack has, as its outputs of last time tell; none before the first run. A
 * stack may refer to itself: it sees what was last saved.
 */
export async function lastDeployed(): Promise<DeployedHosts> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join('/');
  const stack = new pulumi.StackReference(name);
  const { value } = await stack.getOutputDetails('hosts');
  const parsed = deployedSchema.safeParse(value ?? {});
  return parsed.success ? parsed.data : {};
}
