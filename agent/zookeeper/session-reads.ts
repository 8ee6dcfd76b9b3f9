import type { ZooKeeperSession } from './session.ts';

/** What is asked of a session without changing anything there. */
export type SessionReads = Pick<
  ZooKeeperSession,
  'children' | 'watchChildren' | 'read' | 'watchData'
>;

/** The same session, read in another way, and perhaps started in another. */
export function withReads(
  session: ZooKeeperSession,
  reads: SessionReads & Partial<Pick<ZooKeeperSession, 'start'>>,
): ZooKeeperSession {
  return {
    start: () => session.start(),
    ...reads,
    get state() {
      return session.state;
    },
    get sessionId() {
      return session.sessionId;
    },
    get credentials() {
      return session.credentials;
    },
    onState: (listener) => session.onState(listener),
    sync: (path) => session.sync(path),
    ensurePath: (path) => session.ensurePath(path),
    commit: (operations) => session.commit(operations),
    close: () => session.close(),
    abandon: () => session.abandon(),
  };
}
