import { readFile } from 'node:fs/promises';
import type { SshTarget } from '../ssh/target.ts';
import type { HostOutput, LoginOutput } from '../stack-outputs.ts';

/** How to log in on a host of the stack, for a quick look: few attempts, short patience. */
export async function quickTarget({ connection }: HostOutput): Promise<SshTarget> {
  const { proxy, ...direct } = connection;
  const target = await quickLogin(direct);
  return proxy === undefined ? target : { ...target, proxy: await quickLogin(proxy) };
}

async function quickLogin({
  host,
  port,
  user,
  hostKey,
  privateKeyPath,
}: LoginOutput): Promise<SshTarget> {
  const privateKey =
    privateKeyPath === undefined ? undefined : await readFile(privateKeyPath, 'utf8');
  return {
    ...{ host, port, user, hostKey },
    ...(privateKey === undefined ? {} : { privateKey }),
    dialErrorLimit: 2,
    perDialTimeout: 5,
  };
}
