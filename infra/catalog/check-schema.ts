/**
 * nerve's checks as the catalog has them: the agent's options (`agent/config/nerve-checks.ts`) with
 * times in milliseconds. What is left out here has the agent's default.
 */
import { z } from 'zod';
import { statusRange } from '../../agent/config/status-range.ts';
import { count, durationMs, hostPath, line, port, program, requestPath } from './fields.ts';

const common = {
  /** For logs and status; made up from the other options by default. */
  name: line.optional(),
  /** Those of the instance by default. */
  host: line.optional(),
  port: port.optional(),
  timeoutMs: durationMs.default(1_000),
  /** Passes in a row before the instance is registered. */
  rise: count.default(1),
  /** Failures in a row before it is taken out. */
  fall: count.default(1),
};

/** Files of the host, read at each check. `{}` is TLS without verifying who answers. */
const tls = z
  .strictObject({
    /** Authorities, one of which must have signed the server's certificate. */
    caFile: hostPath.optional(),
    /** For whom the certificate must be; the host that is checked by default. */
    serverName: line.optional(),
    /** The client's own certificate and its key. */
    certFile: hostPath.optional(),
    keyFile: hostPath.optional(),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    error: 'has one of certFile and keyFile; must have both or neither',
  })
  .optional();

const secret = {
  /** A file on the host with nothing but the password, which the user smartstack may read. */
  passwordFile: hostPath.optional(),
  /** Not here: the catalog is for all to read. */
  password: z
    .never('would be for all to read here; put it into a file on the host, and name "passwordFile"')
    .optional(),
};

const status = z
  .union([z.number(), z.string()])
  .refine((text) => statusRange.safeParse(text).success, {
    error: 'must be a status or a range of them, such as 204, "2xx" or "200-299"',
  });

const headers = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'must be the name of a header'),
  z.string().regex(/^[ -~\u00a0-\u00ff]*$/, 'must be one line of Latin-1 text'),
);

const exitCode = z
  .int('must be a whole number')
  .min(0, 'must be 0 to 255')
  .max(255, 'must be 0 to 255');

const databaseNumber = z
  .int('must be a whole number')
  .min(0, 'must be 0 to 65535')
  .max(65_535, 'must be 0 to 65535');

export const checkSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('tcp'), ...common }),
  /** Always passes. */
  z.strictObject({ type: z.literal('noop'), ...common }),
  z.strictObject({
    type: z.literal('http'),
    uri: requestPath.default('/health'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).optional(),
    headers: headers.optional(),
    body: z.string().optional(),
    /** Text that the answer must contain. */
    expect: z.string().optional(),
    /** Codes and ranges that pass; 200 to 399 by default. */
    expectStatus: z.array(status).min(1, 'needs at least one status').optional(),
    /** Until it is connected, and TLS agreed: 200 ms each by default. */
    connectTimeoutMs: durationMs.optional(),
    tlsTimeoutMs: durationMs.optional(),
    /** From the request to the end of the answer; `timeoutMs` by default. */
    readTimeoutMs: durationMs.optional(),
    tls,
    ...common,
  }),
  z.strictObject({
    type: z.literal('redis'),
    username: line.optional(),
    ...secret,
    database: databaseNumber.optional(),
    /** Also sets a key of its own, to expire soon, and reads it back. */
    writeRead: z.boolean().optional(),
    tls,
    ...common,
  }),
  z.strictObject({
    type: z.literal('rabbitmq'),
    /** `guest` by default, and so the password where there is no file. */
    username: line.optional(),
    ...secret,
    vhost: line.optional(),
    /** Sent through and read back; `nerve` by default, made where it is not there. */
    queue: line.optional(),
    durable: z.boolean().optional(),
    tls,
    ...common,
  }),
  z.strictObject({
    type: z.literal('exec'),
    /** A program and its arguments, or a line for `/bin/sh -c`; finds HOST and PORT. */
    command: z.union([program, line], 'must be a list of a program and its arguments, or a line'),
    /** Exit codes that pass; 0 by default. */
    expectExit: z.array(exitCode).min(1, 'needs at least one exit code').optional(),
    ...common,
  }),
  z.strictObject({
    type: z.literal('grpc'),
    /** As the server names it; the server as a whole by default. */
    service: line.optional(),
    tls,
    ...common,
  }),
  z.strictObject({
    type: z.literal('sql'),
    /** `mysql` is for MariaDB, too. */
    driver: z.enum(['postgresql', 'mysql']),
    username: line,
    ...secret,
    database: line.optional(),
    /** Passes when it can be carried out; `SELECT 1` by default. */
    query: z.string().min(1, 'must be a query, such as "SELECT 1"').optional(),
    tls,
    ...common,
  }),
  z.strictObject({
    type: z.literal('module'),
    /** A JavaScript module: one of the service's `run.files`, or an absolute path on the host. */
    path: line,
    /** Handed to it as they are. */
    options: z.record(z.string(), z.json()).optional(),
    ...common,
  }),
]);

export type Check = z.output<typeof checkSchema>;
