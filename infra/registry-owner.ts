/** Who may write an environment's part of the registry, as the stack's configuration says. */
import { all, type Config, type Output } from '@pulumi/pulumi';
import { InvalidEnvironmentError } from './catalog/invalid-environment.ts';
import type { RegistryAcl } from './render/environment.ts';

export interface RegistryOwner {
  /** What nerve proves to ZooKeeper who it is with: `user:password`, one a line. */
  readonly secret: Output<string>;
  readonly acl: RegistryAcl;
}

const user = 'smartstack';
const settings = { current: 'zookeeperPassword', before: 'zookeeperPasswordBefore' } as const;
const shortest = 8;
/** As the agent takes it: without what could end a line, in Unicode too. */
const oneLine = /^[^\p{Cc}\u2028\u2029]*$/u;

/**
 * With a password the registry is nerve's to write. The one before counts as well while it is
 * given; alone it is the way out and in: hosts come with it, and everybody may write.
 *
 * @returns `undefined` where there is neither.
 * @throws InvalidEnvironmentError, which tells no password.
 */
export function registryOwner(config: Config): RegistryOwner | undefined {
  const current = passwordOf(config, settings.current);
  const before = passwordOf(config, settings.before);
  const passwords = [current, before].filter((one) => one !== undefined);
  if (passwords.length === 0) return undefined;
  const secret = all(passwords).apply((words) => words.map((word) => `${user}:${word}\n`).join(''));
  return { secret, acl: current === undefined ? 'open' : 'read-only' };
}

function passwordOf(config: Config, name: string): Output<string> | undefined {
  try {
    return config.getSecret(name, { minLength: shortest, pattern: oneLine });
  } catch {
    // What is thrown has the password in it.
    throw new InvalidEnvironmentError("the stack's configuration", [
      {
        path: `smartstack:${name}`,
        message: `is no password; must be one line of ${shortest} characters at least`,
      },
    ]);
  }
}
