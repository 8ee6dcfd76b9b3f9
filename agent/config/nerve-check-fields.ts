/** What several kinds of check have in common. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { mustBe } from './describe-issue.ts';
import { count, host, line, path, port, seconds } from './fields.ts';

/** What every kind of check has; times are in seconds. */
export const common = {
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

/** Of this host's file system; which folder nerve runs in must not matter. */
export const file = path.refine(isAbsolute, {
  error: mustBe('an absolute path, such as "/etc/smartstack/ca.pem"'),
});

/** TLS; the certificate is not verified, as in the original, unless there is a `ca_file`. */
export const ssl = z.boolean().default(false);

/** Ours. PEM files, read at each check, so that a renewed certificate needs no restart. */
export const tlsFiles = {
  /** Authorities, one of which must have signed the server's certificate. */
  ca_file: file.optional(),
  /** The client's own certificate and its key. */
  cert_file: file.optional(),
  key_file: file.optional(),
};

/** Ours: for whom the server's certificate must be, by default the host. */
export const server_name = host.optional();

/** A secret; it stays out of logs and status. */
export const password = z.string().min(1).max(4_096);

/** Ours: a file with nothing but the password, read at each check; a last line feed is cut off. */
export const password_file = file.optional();

interface TlsOptions {
  readonly ssl: boolean;
  readonly ca_file?: unknown;
  readonly cert_file?: unknown;
  readonly key_file?: unknown;
  readonly server_name?: unknown;
}

/** Options that would do nothing, unnoticed. */
export function refuseIdleTls(options: TlsOptions, context: z.RefinementCtx): void {
  const refuse = (name: keyof TlsOptions, message: string): void => {
    if (options[name] !== undefined) context.addIssue({ code: 'custom', path: [name], message });
  };
  if (!options.ssl) {
    const message = 'has no effect without TLS; must stand beside "ssl": true';
    for (const name of ['ca_file', 'cert_file', 'key_file', 'server_name'] as const) {
      refuse(name, message);
    }
  }
  if (options.key_file === undefined) refuse('cert_file', 'must stand beside a key_file');
  if (options.cert_file === undefined) refuse('key_file', 'must stand beside a cert_file');
}

interface PasswordOptions {
  readonly password?: unknown;
  readonly password_file?: unknown;
}

export function refuseTwoPasswords(options: PasswordOptions, context: z.RefinementCtx): void {
  if (options.password === undefined || options.password_file === undefined) return;
  const message = 'is given twice; must be either password or password_file';
  context.addIssue({ code: 'custom', path: ['password_file'], message });
}
