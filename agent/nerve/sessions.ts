import type { NerveConfig } from '../config/nerve.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { CreateSession } from '../zookeeper/ensembles.ts';
import { createZooKeeperSession } from '../zookeeper/hardened-session.ts';

export interface SessionCreatorOptions {
  readonly config: Pick<NerveConfig, 'zk_session_timeout_ms' | 'zk_digest_auth' | 'zk_acl'>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** How nerve goes to ZooKeeper: as the configuration had it at the start. */
export function sessionCreator({ config, ...rest }: SessionCreatorOptions): CreateSession {
  const { zk_digest_auth: credentials } = config;
  return (hosts, resume) =>
    createZooKeeperSession({
      ...rest,
      hosts,
      sessionTimeoutMs: config.zk_session_timeout_ms,
      acl: config.zk_acl,
      ...(credentials === undefined ? {} : { auth: { scheme: 'digest', credentials } }),
      ...(resume === undefined ? {} : { resume }),
    });
}
