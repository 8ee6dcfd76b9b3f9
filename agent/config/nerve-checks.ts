/** The checks of a nerve service: airbnb/nerve's options (`lib/nerve/service_watcher/*.rb`). */
import { z } from 'zod';
import { mustBe } from './describe-issue.ts';
import { count, host, line, port, seconds } from './fields.ts';

/** What every kind of check has; times are in seconds. */
const common = {
  /** For logs and status; made up from the other options by default. */
  name: line.optional(),
  /** Those of the service by default. */
  host: host.optional(),
  port: port.optional(),
  /** The longest time that the check may take. */
  timeout: seconds.default(0.1),
  /** Passes in a row until it counts as up. The very first check decides at once. */
  rise: count.default(1),
  /** Failures in a row until it counts as down. */
  fall: count.default(1),
};

const tcpSchema = z.strictObject({ type: z.literal('tcp'), ...common });

const httpSchema = z.strictObject({
  type: z.literal('http'),
  ...common,
  uri: z
    .string()
    .regex(/^\/[!-~]*$/, { error: mustBe('a path such as "/health", without white space') }),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, { error: mustBe('the name of a header') }),
      line,
    )
    .default({}),
  /** Text that the body must contain. */
  expect: z.string().optional(),
  /** TLS; the certificate is not verified, as in the original. */
  ssl: z.boolean().default(false),
  /** `timeout` by default. When given, the whole check may take the sum of the three. */
  read_timeout: seconds.optional(),
  open_timeout: seconds.default(0.2),
  ssl_timeout: seconds.default(0.2),
});

const noopSchema = z.strictObject({ type: z.literal('noop'), ...common });

/** Kinds of the original that come later: refused, so that nothing goes unchecked unnoticed. */
const laterSchema = z
  .looseObject({ type: z.enum(['redis', 'rabbitmq']) })
  .transform(({ type }, context): never => {
    const message = `is "${type}", which is not supported yet; must be tcp, http or noop`;
    context.addIssue({ code: 'custom', path: ['type'], message });
    return z.NEVER;
  });

export const checkSchema = z.discriminatedUnion('type', [
  tcpSchema,
  httpSchema,
  noopSchema,
  laterSchema,
]);

export type CheckConfig = Readonly<z.output<typeof checkSchema>>;
