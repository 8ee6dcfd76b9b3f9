import type { ZooKeeperSession } from './session.ts';

type Operations = Omit<ZooKeeperSession, 'state' | 'sessionId' | 'credentials'>;

/** The same session, with some of its operations done in another way. */
export function sessionWith(session: ZooKeeperSession, own: Partial<Operations>): ZooKeeperSession {
  return {
    start: () => session.start(),
    use: (access) => session.use(access),
    useHosts: (hosts) => session.useHosts(hosts),
    onState: (listener) => session.onState(listener),
    children: (path) => session.children(path),
    watchChildren: (path, onChange) => session.watchChildren(path, onChange),
    read: (path) => session.read(path),
    watchData: (path, onChange) => session.watchData(path, onChange),
    sync: (path) => session.sync(path),
    ensurePath: (path) => session.ensurePath(path),
    protect: (path) => session.protect(path),
    commit: (operations) => session.commit(operations),
    close: () => session.close(),
    abandon: () => session.abandon(),
    ...own,
    get state() {
      return session.state;
    },
    get sessionId() {
      return session.sessionId;
    },
    get credentials() {
      return session.credentials;
    },
  };
}
