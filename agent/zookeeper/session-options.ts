import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Access } from './access.ts';
import type { Connection, DialOptions } from './connection.ts';
import type { SessionCredentials } from './session.ts';

export interface ZooKeeperSessionOptions {
  /** `host:port` each, with a chroot where there is one: below it all paths are. */
  readonly hosts: readonly string[];
  readonly sessionTimeoutMs: number;
  /** Until it is told to use another; nobody in particular by default. */
  readonly access?: Access;
  /** A session of an earlier process to take over; if it has expired, a new one is made. */
  readonly resume?: SessionCredentials;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** Test seams. */
  readonly connect?: (options: DialOptions) => Connection;
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}
