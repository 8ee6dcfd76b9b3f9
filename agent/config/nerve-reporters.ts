/** Where a nerve service is reported: airbnb/nerve's options (`lib/nerve/reporter/*.rb`). */
import { z } from 'zod';
import { describeIssue, mustBe } from './describe-issue.ts';
import { host, path, port, seconds, zkHosts, zkPath } from './fields.ts';

const nodeTypes = [
  'ephemeral_sequential',
  'persistent_sequential',
  'persistent',
  'ephemeral',
] as const;

const zookeeper = {
  zk_hosts: zkHosts,
  zk_path: zkPath,
  /** The registration rides in the node's name, so that consumers need not read the node. */
  use_path_encoding: z.boolean().default(false),
  node_type: z
    .enum(nodeTypes, { error: mustBe(`one of ${nodeTypes.join(', ')}`) })
    .default('ephemeral_sequential'),
  /** How often a persistent node is touched; without effect on ephemeral ones. */
  ttl_seconds: seconds.nullish(),
};

const etcd = {
  etcd_host: host,
  etcd_port: port.default(4003),
  /** The instance's key is made below it. */
  etcd_path: path.startsWith('/', { error: mustBe('a path such as "/services/web"') }).default('/'),
};

const file = {
  /** Holds the registration as JSON while the instance is up, and is not there otherwise. */
  file_path: path.startsWith('/', { error: mustBe('an absolute path') }),
};

const schemas = {
  zookeeper: z.strictObject({ reporter_type: z.literal('zookeeper'), ...zookeeper }),
  etcd: z.strictObject({ reporter_type: z.literal('etcd'), ...etcd }),
  file: z.strictObject({ reporter_type: z.literal('file'), ...file }),
} as const;

const fields = { zookeeper, etcd, file } as const;

/** One of the list `reporters`. The original lets the type be left out, and any case pass. */
export const reporterSchema = z.preprocess(
  withType,
  z.discriminatedUnion('reporter_type', [schemas.zookeeper, schemas.etcd, schemas.file]),
);

export type ReporterConfig = Readonly<z.output<typeof reporterSchema>>;

/** The options of every reporter, for a service with a single one: `chooseReporters` checks them. */
export const singleReporterFields = {
  reporter_type: z.unknown().optional(),
  zk_hosts: z.unknown().optional(),
  zk_path: z.unknown().optional(),
  use_path_encoding: z.unknown().optional(),
  node_type: z.unknown().optional(),
  ttl_seconds: z.unknown().optional(),
  etcd_host: z.unknown().optional(),
  etcd_port: z.unknown().optional(),
  etcd_path: z.unknown().optional(),
  file_path: z.unknown().optional(),
} as const;

/** What a service says of reporters, as one list. */
export interface ReporterChoice {
  readonly single: Readonly<Record<string, unknown>>;
  readonly reporters: readonly ReporterConfig[] | undefined;
}

/** Adds to `context` what is wrong; options of a reporter that was not chosen are let pass. */
export function chooseReporters(
  { single, reporters }: ReporterChoice,
  context: z.core.$RefinementCtx,
): readonly ReporterConfig[] {
  const given = Object.fromEntries(Object.entries(single).filter(([, one]) => one !== undefined));
  const [stray] = Object.keys(given);
  if (reporters !== undefined) {
    if (stray === undefined) return reporters;
    const message = `stands beside "${stray}"; must be the only one that names a reporter`;
    context.addIssue({ code: 'custom', path: ['reporters'], message });
    return z.NEVER;
  }
  const parsed = reporterSchema.safeParse(ofItsType(given), {
    reportInput: true,
    error: describeIssue,
  });
  if (parsed.success) return [parsed.data];
  for (const { path: place, message } of parsed.error.issues) {
    context.addIssue({ code: 'custom', path: [...place], message });
  }
  return z.NEVER;
}

/** Without the options that belong to other types. */
function ofItsType(single: Readonly<Record<string, unknown>>): unknown {
  const { reporter_type: type } = withType(single);
  const own = Object.entries(fields).find(([name]) => name === type)?.[1];
  if (own === undefined) return single;
  return Object.fromEntries(
    Object.entries(single).filter(([name]) => name === 'reporter_type' || name in own),
  );
}

function withType(value: unknown): { readonly reporter_type?: unknown } {
  if (typeof value !== 'object' || value === null) return { reporter_type: value };
  const type = 'reporter_type' in value ? value.reporter_type : 'zookeeper';
  return { ...value, reporter_type: typeof type === 'string' ? type.toLowerCase() : type };
}
