import { z } from 'zod';
import type { SshTarget } from '../../ssh/target.ts';

const base = z.object({
  host: z.string(),
  port: z.number().default(22),
  user: z.string().default('root'),
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  password: z.string().optional(),
  agentSocketPath: z.string().optional(),
  hostKey: z.string().optional(),
  dialErrorLimit: z.number().int().default(10),
  perDialTimeout: z.number().default(15),
});

/** The provider's `connection` input with its defaults. */
export const connectionSchema = base.extend({ proxy: base.optional() });

export function sshTarget(connection: z.infer<typeof connectionSchema>): SshTarget {
  const { proxy, ...direct } = connection;
  return proxy === undefined ? plain(direct) : { ...plain(direct), proxy: plain(proxy) };
}

function plain(settings: z.infer<typeof base>): SshTarget {
  const { host, port, user, dialErrorLimit, perDialTimeout, ...optional } = settings;
  const { privateKey, privateKeyPassword, password, agentSocketPath, hostKey } = optional;
  return {
    ...{ host, port, user, dialErrorLimit, perDialTimeout },
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(privateKeyPassword === undefined ? {} : { privateKeyPassword }),
    ...(password === undefined ? {} : { password }),
    ...(agentSocketPath === undefined ? {} : { agentSocketPath }),
    ...(hostKey === undefined ? {} : { hostKey }),
  };
}
