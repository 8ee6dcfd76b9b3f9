import { createBounded } from '../lib/bounded.ts';
import type { CreateSession } from './ensembles.ts';
import { sessionWith } from './session-with.ts';

/** Enough to keep a member and the network busy; what waits costs far less memory than what is asked. */
const readsAtOnce = 64;

/**
 * Sessions that ask for so much at a time: with thousands of services all is read at once when a
 * session begins.
 */
export function boundedReads(create: CreateSession): CreateSession {
  return (hosts, resume) => {
    const session = create(hosts, resume);
    const bounded = createBounded(readsAtOnce);
    return sessionWith(session, {
      children: (path) => bounded(() => session.children(path)),
      watchChildren: (path, onChange) => bounded(() => session.watchChildren(path, onChange)),
      read: (path) => bounded(() => session.read(path)),
      watchData: (path, onChange) => bounded(() => session.watchData(path, onChange)),
    });
  };
}
