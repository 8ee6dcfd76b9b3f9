import { expect } from 'chai';
import { systemClock } from '../../agent/lib/clock.ts';
import {
  createZooKeeperSession,
  type ZooKeeperSessionOptions,
} from '../../agent/zookeeper/hardened-session.ts';
import type { SessionState, ZooKeeperSession } from '../../agent/zookeeper/session.ts';
import { eventually } from './eventually.ts';
import { createRecordingLogger, type RecordingLogger } from './recording-logger.ts';

export interface ObservedSession {
  readonly session: ZooKeeperSession;
  /** Every state since the start, in order. */
  readonly states: readonly SessionState[];
  readonly logger: RecordingLogger;
  connected(deadlineMs?: number): Promise<void>;
}

/** A started session on the real clock that remembers its transitions. */
export function openSession(
  options: Pick<ZooKeeperSessionOptions, 'hosts'> & Partial<ZooKeeperSessionOptions>,
): ObservedSession {
  const logger = createRecordingLogger();
  const session = createZooKeeperSession({
    sessionTimeoutMs: 2_000,
    clock: systemClock,
    random: Math.random,
    logger,
    ...options,
  });
  const states: SessionState[] = [];
  session.onState((state) => states.push(state));
  session.start();
  const connected = (deadlineMs = 10_000): Promise<void> =>
    eventually(() => expect(session.state.kind).to.equal('connected'), { deadlineMs }).then(
      () => undefined,
    );
  return { session, states, logger, connected };
}
