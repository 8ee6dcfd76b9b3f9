/** What a process sends when it registers itself through nerve's API. */
import { z } from 'zod';
import { mustBe } from './describe-issue.ts';
import { host, seconds } from './fields.ts';
import {
  instanceFields,
  type NerveConfig,
  type NerveServiceConfig,
  nerveServiceSchema,
  refuseIdleWarmUp,
} from './nerve.ts';
import { remoteCheckSchema } from './nerve-checks.ts';

/** A configured service's options, short of all that runs a program or reads a file. */
export const dynamicRequestSchema = z
  .strictObject({
    /** Consumers find the instance under this name. */
    service: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
      error: mustBe('at most 100 letters, digits, ".", "_" and "-", a letter or digit first'),
    }),
    ...instanceFields,
    /** That of this host by default. */
    host: host.optional(),
    checks: z.array(remoteCheckSchema).default([]),
    /** The registration ends when it was not renewed for so long. */
    expires_after_seconds: seconds.optional(),
  })
  .superRefine(refuseIdleWarmUp)
  .refine((request) => request.checks.length > 0 || request.expires_after_seconds !== undefined, {
    error: 'nothing would ever take it out; must have "checks" or "expires_after_seconds"',
  });

export type DynamicRequest = Readonly<z.output<typeof dynamicRequestSchema>>;
export type DynamicTemplate = NonNullable<NerveConfig['dynamic_registration']>;

/** The service as its configuration file would have it. Throws for no request that was parsed. */
export function serviceOfRequest(
  { service, expires_after_seconds: _, ...instance }: DynamicRequest,
  template: DynamicTemplate,
): NerveServiceConfig {
  return nerveServiceSchema.parse({
    ...instance,
    host: instance.host ?? template.host,
    zk_hosts: template.zk_hosts,
    zk_path: template.zk_path.replaceAll('{service}', service),
  });
}
