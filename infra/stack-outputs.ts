import { z } from 'zod';
import type { ValueMap } from './engine/values.ts';
import { membershipSchema } from './membership.ts';

const loginSchema = z.object({
  host: z.string(),
  port: z.number(),
  user: z.string(),
  privateKeyPath: z.string().optional(),
  hostKey: z.string(),
});

/** What a stack tells about itself: `infra/outputs.ts` says it, commands and drills read it. */
const schema = z.object({
  target: z.string(),
  environment: z.string(),
  ensemble: z.string(),
  membership: membershipSchema.optional(),
  hosts: z.record(
    z.string(),
    z.object({
      id: z.number(),
      address: z.string(),
      arch: z.string(),
      roles: z.array(z.enum(['zookeeper', 'service'])).readonly(),
      /** A command that logs in, to copy and paste. */
      ssh: z.string(),
      zone: z.string().optional(),
      /** Of the machine, where the target chose it: `t4g.small`. */
      type: z.string().optional(),
      /** `proxy`: a bastion to go through; `arch`: its processor, where the target made it. */
      connection: loginSchema.extend({
        proxy: loginSchema.extend({ arch: z.string().optional() }).optional(),
      }),
    }),
  ),
  services: z.record(
    z.string(),
    z.object({
      port: z.number(),
      /** At which other hosts reach an instance, where that goes over TLS. */
      tlsPort: z.number().optional(),
      localPort: z.number(),
      mode: z.enum(['http', 'tcp']),
      on: z.array(z.string()).readonly(),
      consumers: z.array(z.string()).readonly(),
      zkPath: z.string(),
      /** Where each consumer finds the service, on itself. */
      url: z.string(),
    }),
  ),
});

export type StackOutputs = z.infer<typeof schema>;
export type HostOutput = StackOutputs['hosts'][string];
export type LoginOutput = z.infer<typeof loginSchema>;

/** `undefined` where nothing has been stood up; throws for outputs of another program. */
export function parseOutputs(values: ValueMap): StackOutputs | undefined {
  if (Object.keys(values).length === 0) return undefined;
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Error(
    `the stack's outputs are not what this version writes: ${z.prettifyError(parsed.error)}`,
  );
}
