/**
 * How the answers of several watchers become one. Originals:
 * `lib/synapse/service_watcher/multi/resolver/*.rb`; `fallback` stands in its example alone.
 */
import { z } from 'zod';
import { mustBe } from './describe-issue.ts';
import { line, path, seconds } from './fields.ts';

/** All instances of all watchers. */
const union = z.strictObject({ method: z.literal('union') });

const patience = {
  /** Ours: seconds for which a watcher that cannot be reached keeps its turn. */
  patience: z.number().min(0).max(86_400).default(10),
};

/** The first watcher that can be reached and found something. */
const sequential = z.strictObject({
  method: z.literal('sequential'),
  sequential_order: z.array(z.string()).min(1),
  ...patience,
});

/** `sequential` with `primary` first and the others as they stand in `watchers`. */
const fallback = z.strictObject({ method: z.literal('fallback'), ...patience });

/** A file in S3, or ours on this host, says by weights which watcher to draw. */
const s3Toggle = z
  .strictObject({
    method: z.literal('s3_toggle'),
    s3_url: z
      .string()
      .regex(/^s3:\/\/[^/]+\/.+$/, { error: mustBe('of the form s3://bucket/path') })
      .optional(),
    s3_polling_interval_seconds: seconds,
    /** Ours: another address of the API; that of `AWS_ENDPOINT_URL` counts as well. */
    s3_endpoint_url: line.min(1).optional(),
    /** Ours: of the bucket, whatever region the environment says. */
    s3_region: line.min(1).optional(),
    /** Ours: instead of `s3_url`. */
    toggle_file_path: path.optional(),
  })
  .superRefine(({ s3_url, toggle_file_path }, context) => {
    if ((s3_url === undefined) !== (toggle_file_path === undefined)) return;
    const message = 'is required; give either it or toggle_file_path';
    context.addIssue({ code: 'custom', path: ['s3_url'], message });
  });

export const resolverSchema = z.discriminatedUnion('method', [
  union,
  sequential,
  fallback,
  s3Toggle,
]);

export type ResolverConfig = Readonly<z.output<typeof resolverSchema>>;
export type ToggleConfig = Readonly<z.output<typeof s3Toggle>>;

/** The watcher that `discovery` stands for beside `discovery_multi`. */
export const primaryWatcher = 'primary';

/** What is wrong with the order, if anything. */
export function orderProblem(
  resolver: ResolverConfig,
  watchers: readonly string[],
): string | undefined {
  if (resolver.method !== 'sequential') return undefined;
  const { sequential_order: order } = resolver;
  const unknown = order.find((name) => !watchers.includes(name));
  const missing = watchers.find((name) => !order.includes(name));
  if (unknown === undefined && missing === undefined && new Set(order).size === order.length) {
    return undefined;
  }
  return `must name each watcher once: ${watchers.join(', ')}`;
}
