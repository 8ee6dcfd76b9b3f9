/**
 * The checks of a nerve service: airbnb/nerve's options (`lib/nerve/service_watcher/*.rb`) under
 * their names, meanings and defaults, and some of ours, marked so.
 */
import { z } from 'zod';
import { mustBe } from './describe-issue.ts';
import { integerBetween, line, seconds } from './fields.ts';
import {
  common,
  file,
  password,
  password_file,
  refuseIdleTls,
  refuseTwoPasswords,
  server_name,
  ssl,
  tlsFiles,
} from './nerve-check-fields.ts';
import { statusRange } from './status-range.ts';

const tcpSchema = z.strictObject({ type: z.literal('tcp'), ...common });

const noopSchema = z.strictObject({ type: z.literal('noop'), ...common });

const httpFields = {
  type: z.literal('http'),
  ...common,
  uri: z
    .string()
    .regex(/^\/[!-~]*$/, { error: mustBe('a path such as "/health", without white space') }),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, { error: mustBe('the name of a header') }),
      z.string().regex(/^[ -~\u00a0-\u00ff]*$/, { error: mustBe('one line of Latin-1 text') }),
    )
    .default({}),
  /** Text that the body must contain. */
  expect: z.string().optional(),
  ssl,
  /** `timeout` by default. When given, the whole check may take the sum of the three. */
  read_timeout: seconds.optional(),
  open_timeout: seconds.default(0.2),
  ssl_timeout: seconds.default(0.2),
  /** Ours. */
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  /** Ours: what to send. */
  body: z.string().optional(),
  /** Ours: codes and ranges of them that pass: 204, "2xx", "200-299". */
  expect_status: z.array(statusRange).min(1).default(['200-399']),
  server_name,
};

const httpSchema = z.strictObject({ ...httpFields, ...tlsFiles }).superRefine(refuseIdleTls);

const redisFields = {
  type: z.literal('redis'),
  ...common,
  /** Ours. */
  username: line.min(1).optional(),
  password: password.optional(),
  database: integerBetween(0, 65_535).default(0),
  /** Ours: a key of its own is set, to expire soon, and must read back. */
  write_read: z.boolean().default(false),
  ssl,
  server_name,
};

const redisSchema = z
  .strictObject({ ...redisFields, password_file, ...tlsFiles })
  .superRefine(refuseIdleTls)
  .superRefine(refuseTwoPasswords);

const rabbitmqSchema = z
  .strictObject({
    type: z.literal('rabbitmq'),
    ...common,
    username: line.min(1).default('guest'),
    /** "guest" by default, unless there is a `password_file`. */
    password: password.optional(),
    password_file,
    /** Ours. */
    vhost: line.min(1).max(255).default('/'),
    /** Ours: made where it is not there; whoever uses it too takes part in the check. */
    queue: line.min(1).max(255).default('nerve'),
    /** Ours: whether that queue outlives the broker; must be so if it is there and does. */
    durable: z.boolean().default(false),
    ssl,
    server_name,
    ...tlsFiles,
  })
  .superRefine(refuseIdleTls)
  .superRefine(refuseTwoPasswords)
  .transform(({ password, ...options }) => ({
    ...options,
    password: password ?? (options.password_file === undefined ? 'guest' : undefined),
  }));

const execSchema = z.strictObject({
  type: z.literal('exec'),
  ...common,
  /** A program and its arguments, or text for `/bin/sh -c`; gets `HOST` and `PORT`. */
  command: z.union([z.array(z.string()).min(1), z.string().min(1)]).refine(hasNoNull, {
    error: mustBe('a list of a program and its arguments, or a line for the shell'),
  }),
  /** Exit codes that pass. */
  expect_exit: z.array(integerBetween(0, 255)).min(1).default([0]),
});

const grpcFields = {
  type: z.literal('grpc'),
  ...common,
  /** As the server names it; the server as a whole by default. */
  service: line.max(1_024).default(''),
  ssl,
  server_name,
};

const grpcSchema = z.strictObject({ ...grpcFields, ...tlsFiles }).superRefine(refuseIdleTls);

const sqlSchema = z
  .strictObject({
    type: z.literal('sql'),
    ...common,
    /** mysql stands for MariaDB, too. */
    driver: z.enum(['postgresql', 'mysql']),
    username: line.min(1),
    password: password.optional(),
    password_file,
    /** The server's choice by default. */
    database: line.min(1).optional(),
    /** Passes when the server carries it out, whatever it gives. */
    query: z.string().min(1).default('SELECT 1'),
    ssl,
    server_name,
    ...tlsFiles,
  })
  .superRefine(refuseIdleTls)
  .superRefine(refuseTwoPasswords);

const moduleSchema = z.strictObject({
  type: z.literal('module'),
  ...common,
  /** A JavaScript module that exports a `UserCheck`; see `agent/nerve/checks/user-check.ts`. */
  path: file,
  /** Handed to it as they are. */
  options: z.record(z.string(), z.unknown()).default({}),
});

const kinds = [
  tcpSchema,
  httpSchema,
  noopSchema,
  redisSchema,
  rabbitmqSchema,
  execSchema,
  grpcSchema,
  sqlSchema,
  moduleSchema,
] as const;

export const checkSchema = z.discriminatedUnion('type', kinds, { error: explainModule });

export type CheckConfig = Readonly<z.output<typeof checkSchema>>;

/** What a registration that comes over the network may ask for: no file and no program of ours. */
export const remoteCheckSchema = z.discriminatedUnion('type', [
  tcpSchema,
  z.strictObject(httpFields).superRefine(refuseIdleTls),
  noopSchema,
  z.strictObject(redisFields).superRefine(refuseIdleTls),
  z.strictObject(grpcFields).superRefine(refuseIdleTls),
]);

/** The original loads a Ruby gem for a type that it does not know. */
function explainModule({ input }: { readonly input?: unknown }): string | undefined {
  if (typeof input !== 'object' || input === null || !('module' in input)) return undefined;
  const right = '{"type": "module", "path": "/absolute/path/of/a-check.mjs"}';
  return `names a Ruby module, which cannot be loaded here; must be ${right}`;
}

function hasNoNull(command: string | readonly string[]): boolean {
  return [command].flat().every((word) => !word.includes('\0'));
}
