import type { NerveConfig } from '../config/nerve.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { CreateSession } from '../zookeeper/ensembles.ts';
import { createZooKeeperSession } from '../zookeeper/hardened-session.ts';

export interface SessionCreatorOptions {
  readonly config: Pick<NerveConfig, 'zk_session_timeout_ms'>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** Sessions as the configuration had them at the start; as whom they come may change. */
export function sessionCreator({ config, ...rest }: SessionCreatorOptions): CreateSession {
  return (hosts, resume) =>
    createZooKeeperSession({
      ...rest,
      hosts,
      sessionTimeoutMs: config.zk_session_timeout_ms,
      ...(resume === undefined ? {} : { resume }),
    });
}
