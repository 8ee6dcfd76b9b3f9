/**
 * The shape of the catalog: one schema gives validator, type and JSON Schema.
 *
 * Rules that need more than one entry (a port used twice, an unknown host) are in `rules.ts`.
 */
import { z } from 'zod';
import { isHost } from '../../agent/registration.ts';
import { type Check, checkSchema } from './check-schema.ts';
import { durationMs, line, port, program } from './fields.ts';
import { proxySchema } from './proxy-schema.ts';

export const hostSchema = z.strictObject({
  /**
   * Never changes once deployed: a ZooKeeper member's `myid`, and the last byte of a Vagrant
   * machine's address.
   */
  id: z.int('must be a whole number').min(1, 'must be 1 to 250').max(250, 'must be 1 to 250'),
  roles: z.array(z.enum(['zookeeper', 'service'])).min(1, 'needs at least one role'),
  /** What fails as one: a rack, a data centre. Goes along in registrations as the label `zone`. */
  zone: line.max(200, 'must be at most 200 characters long').optional(),
});

export const ensembleSchema = z.strictObject({
  /** How many members you mean; must equal the number of hosts with the role `zookeeper`. */
  size: z.int('must be a whole number').min(1, 'must be at least 1').max(9, 'must be at most 9'),
  /** A quarter of the machine's memory by default. */
  heapMb: z.int('must be a whole number').min(64, 'must be at least 64').optional(),
  /** ZooKeeper's unit of time; sessions last between 2 and 20 ticks, those of nerve and synapse 10 s. */
  tickTimeMs: z
    .int('must be a whole number of milliseconds')
    .min(500, 'must be at least 500: no session lasts longer than 20 ticks, and agents need 10 s')
    .max(5_000, 'must be at most 5000: no session lasts shorter than 2 ticks, and agents need 10 s')
    .default(2_000),
  /**
   * Between members, and to them, all goes over TLS in which both prove who they are. Whoever had it
   * turns it off by `false`: without a word about it, `up` would not know the way back.
   */
  tls: z.boolean('must be true or false').optional(),
});

export const runSchema = z.strictObject({
  /**
   * As in a unit's `ExecStart=`; relative file names are those of `files`, and a program that is among
   * them (`web.sh`, or `./web.sh`) is started from there.
   */
  command: line,
  /** Beside PORT, SERVICE and INSTANCE_ID, which every service gets. */
  environment: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, 'must be a variable name'), line)
    .default({}),
  /**
   * Name on the host → text file in this repository, relative to its root. Executable on the host is
   * what is executable here, and the program of `command`.
   */
  files: z
    .record(z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'must be a plain file name'), z.string())
    .default({}),
});

/** Run by nerve on the host, as smartstack; finds HOST, PORT and more in its environment. */
export const hookSchema = z.strictObject({
  command: program,
  timeoutMs: durationMs.default(10_000),
});

/** nerve's own stop waits for it, and systemd gives that 15 s. */
const preDownSchema = hookSchema.extend({
  timeoutMs: durationMs
    .max(10_000, 'must be at most 10000: nerve itself may take 15 s to stop')
    .default(10_000),
});

/**
 * A bucket of tokens, one for each change: an instance that flaps costs consumers no more. What has
 * to wait leaves the registration as it was; HAProxy's own checks keep a dead instance out meanwhile.
 */
export const reportLimitSchema = z.strictObject({
  perSecond: z.number('must be a number').min(0.01, 'must be at least 0.01'),
  burst: z.int('must be a whole number').min(1, 'must be at least 1').default(1),
});

const weight = z
  .int('must be a whole number')
  .min(0, 'must be 0 to 256')
  .max(256, 'must be 0 to 256')
  .optional();

/** `true` listens 10,000 ports above the service's own. */
const tls = z.union(
  [z.boolean(), z.strictObject({ port })],
  'must be true, false, or { port: … } with a port for TLS',
);

const labelText = line.max(1_024, 'must be at most 1024 characters long');
const labels = z
  .record(labelText, labelText)
  .refine((all) => Object.keys(all).length <= 64, 'must be at most 64 labels');

export const serviceSchema = z.strictObject({
  /** Where an instance listens, on every host it runs on. */
  port,
  /** Where consumers find the service: `127.0.0.1:<localPort>`. */
  localPort: port,
  /** Hosts that run an instance. */
  on: z.array(z.string()).min(1, 'needs at least one host'),
  /** Hosts whose proxy offers the service; every host with the role `service` by default. */
  consumers: z.union([z.literal('all'), z.array(z.string())]).default('all'),
  /** Services that it calls: `npm run graph` draws them, and each of its hosts must offer them. */
  calls: z.array(z.string()).default([]),
  mode: z.enum(['http', 'tcp']).default('http'),
  /**
   * Between hosts, its requests go over TLS in which both prove who they are, to a port of its own.
   * The instance itself speaks as it did, and should listen on 127.0.0.1 alone.
   */
  tls: tls.default(false),
  checkIntervalMs: durationMs.default(1_000),
  /** The same while a check is between up and down; at most 100 ms by default. */
  fastCheckIntervalMs: durationMs.optional(),
  /** nerve's checks; `/health` over HTTP, or a connection for a `tcp` service, by default. */
  checks: z.array(checkSchema).min(1, 'needs at least one check').optional(),
  /** Holds an idle connection, whose end is reason to check at once; not for servers of one client. */
  crashWatch: z.boolean().default(false),
  /** Share of the traffic beside other weights; HAProxy takes it for 1 by default. */
  weight,
  /** Go along in the registration. */
  labels: labels.optional(),
  /** How often the instance may come and go in the registry; as often as it does by default. */
  reportLimit: reportLimitSchema.optional(),
  /** After a registration the weight rises to its height in this time; needs a `weight`. */
  warmUpMs: durationMs.optional(),
  /** Must pass before the instance is registered, however often it takes. */
  preUp: hookSchema.optional(),
  /** Runs before an instance leaves on purpose, and beside it where its checks fail. */
  preDown: preDownSchema.optional(),
  proxy: proxySchema.prefault({}),
  /** How to run it; leave it out for a service that something else starts. */
  run: runSchema.optional(),
});

/** Where both daemons send their metrics, in Datadog's dialect. */
export const statsdSchema = z.strictObject({
  host: line.refine(isHost, 'must be an address or a host name').default('localhost'),
  port: port.default(8_125),
});

export const environmentSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and hyphens');

/**
 * Authorities that certificates of this environment come from, where it speaks TLS: all of them are
 * trusted, and the first one signs. Another one without a break takes three times `up`: with `[1, 2]`,
 * `[2, 1]`, then `[2]`.
 */
export const authoritiesSchema = z
  .array(
    z.int('must be a whole number').min(1, 'must be at least 1').max(999, 'must be at most 999'),
  )
  .min(1, 'needs one that signs')
  .refine((all) => new Set(all).size === all.length, 'names one twice')
  .default([1]);

/** The shape of it all. `validate.ts` parses piece by piece, so that one mistake hides no other. */
export const catalogSchema = z.strictObject({
  environment: environmentSchema,
  ensemble: ensembleSchema,
  hosts: z.record(z.string(), hostSchema),
  services: z.record(z.string(), serviceSchema),
  statsd: statsdSchema.optional(),
  authorities: authoritiesSchema,
});

/** The catalog of one environment, defaults filled in. */
export interface Catalog {
  readonly environment: string;
  readonly ensemble: Ensemble;
  readonly hosts: Readonly<Record<string, CatalogHost>>;
  readonly services: Readonly<Record<string, Service>>;
  readonly statsd?: Readonly<z.output<typeof statsdSchema>>;
  readonly authorities: readonly number[];
}

export type CatalogHost = Readonly<z.output<typeof hostSchema>>;
export type Ensemble = Readonly<z.output<typeof ensembleSchema>>;
export type Hook = Readonly<z.output<typeof hookSchema>>;
export type Run = Readonly<z.output<typeof runSchema>>;
export interface Service extends Readonly<Omit<z.output<typeof serviceSchema>, 'checks'>> {
  readonly checks: readonly Check[];
}

/** What people write: defaults may be left out, and host names complete in the editor. */
export interface CatalogInput<Host extends string> {
  readonly environment: string;
  readonly ensemble: Readonly<z.input<typeof ensembleSchema>>;
  readonly hosts: Readonly<Record<Host, z.input<typeof hostSchema>>>;
  readonly services: Readonly<Record<string, ServiceInput<NoInfer<Host>>>>;
  readonly statsd?: Readonly<z.input<typeof statsdSchema>>;
  readonly authorities?: readonly number[];
}

export interface ServiceInput<Host extends string>
  extends Readonly<Omit<z.input<typeof serviceSchema>, 'on' | 'consumers'>> {
  readonly on: readonly Host[];
  readonly consumers?: 'all' | readonly Host[];
}

/** Does nothing at run time; gives types, documentation and completion while you write. */
export function defineCatalog<const Host extends string>(
  catalog: CatalogInput<Host>,
): CatalogInput<Host> {
  return catalog;
}

/** What may stand for a part of the catalog: some of it, and `null` for what is to go. */
export type Changes<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Name in keyof T]?: Changes<T[Name]> | null | undefined }
    : T;

/** One catalog for several environments; `smartstack:environment` of a stack says which it is. */
export interface EnvironmentsInput extends Changes<Omit<CatalogInput<string>, 'environment'>> {
  /** By name, what each has beside the rest, or instead of it: maps are merged, lists replaced. */
  readonly environments: Readonly<
    Record<string, Changes<Omit<CatalogInput<string>, 'environment'>>>
  >;
}

/** The same as `defineCatalog` for several environments. */
export function defineEnvironments(catalog: EnvironmentsInput): EnvironmentsInput {
  return catalog;
}
