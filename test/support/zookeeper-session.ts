import { expect } from 'chai';
import { systemClock } from '../../agent/lib/clock.ts';
import { type Access, anonymous } from '../../agent/zookeeper/access.ts';
import type { AclMode } from '../../agent/zookeeper/acl.ts';
import { createZooKeeperSession } from '../../agent/zookeeper/hardened-session.ts';
import type { SessionState, ZooKeeperSession } from '../../agent/zookeeper/session.ts';
import type { ZooKeeperSessionOptions } from '../../agent/zookeeper/session-options.ts';
import { eventually } from './eventually.ts';
import { createRecordingLogger, type RecordingLogger } from './recording-logger.ts';

export interface ObservedSession {
  readonly session: ZooKeeperSession;
  /** Every state since the start, in order. */
  readonly states: readonly SessionState[];
  readonly logger: RecordingLogger;
  connected(): Promise<void>;
}

/** @param identities `user:password` each */
export function accessAs(identities: string | readonly string[], acl: AclMode = 'open'): Access {
  return { ...anonymous, identities: [identities].flat(), acl };
}

/** A started session on the real clock that remembers its transitions. */
export function openSession(
  options: Pick<ZooKeeperSessionOptions, 'hosts'> & Partial<ZooKeeperSessionOptions>,
): ObservedSession {
  const logger = createRecordingLogger();
  const session = createZooKeeperSession({
    sessionTimeoutMs: 4_000,
    clock: systemClock,
    random: Math.random,
    logger,
    ...options,
  });
  const states: SessionState[] = [];
  session.onState((state) => states.push(state));
  session.start();
  const connected = async (): Promise<void> => {
    await eventually(() => expect(session.state.kind).to.equal('connected'));
  };
  return { session, states, logger, connected };
}
