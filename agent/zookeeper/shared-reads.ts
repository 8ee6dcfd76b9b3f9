import type { CreateSession } from './ensembles.ts';
import { sessionWith } from './session-with.ts';

/** Sessions where several who ask for the same at a time, as services of one path do, ask once. */
export function sharedReads(create: CreateSession): CreateSession {
  return (hosts, resume) => {
    const session = create(hosts, resume);
    return sessionWith(session, {
      children: shared((path) => session.children(path)),
      watchChildren: shared((path, onChange) => session.watchChildren(path, onChange)),
      read: shared((path) => session.read(path)),
      watchData: shared((path, onChange) => session.watchData(path, onChange)),
    });
  };
}

interface Question<T> {
  readonly answer: Promise<T>;
  readonly listeners: Set<() => void>;
}

type Ask<T> = (path: string, onChange: () => void) => Promise<T>;

/**
 * Whoever joins a question hears of the changes that its watch sees: what the answer is too old for,
 * too. Once that has fired there is nothing to join.
 */
function shared<T>(ask: Ask<T>): (path: string, onChange?: () => void) => Promise<T> {
  const open = new Map<string, Question<T>>();
  return async (path, onChange) => {
    const joined = open.get(path) ?? start(open, path, ask);
    if (onChange !== undefined) joined.listeners.add(onChange);
    return await joined.answer;
  };
}

function start<T>(open: Map<string, Question<T>>, path: string, ask: Ask<T>): Question<T> {
  const listeners = new Set<() => void>();
  const end = (): void => {
    if (open.get(path) === question) open.delete(path);
  };
  const answer = ask(path, () => {
    end();
    for (const listener of listeners) listener();
  }).finally(end);
  const question = { answer, listeners };
  open.set(path, question);
  return question;
}
