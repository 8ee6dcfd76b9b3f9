import type { CreateSession } from './ensembles.ts';
import type { ZooKeeperSession } from './session.ts';
import { sessionWith } from './session-with.ts';

/** Sessions where several who ask for the same at a time, as services of one path do, ask once. */
export function sharedReads(create: CreateSession): CreateSession {
  return (hosts, resume) => {
    const session = create(hosts, resume);
    return sessionWith(session, {
      children: shared(session, (path) => session.children(path)),
      watchChildren: shared(session, (path, onChange) => session.watchChildren(path, onChange)),
      read: shared(session, (path) => session.read(path)),
      watchData: shared(session, (path, onChange) => session.watchData(path, onChange)),
    });
  };
}

/** For one change of a path. */
interface Watch {
  readonly listeners: Set<() => void>;
  readonly fire: () => void;
}

interface Question<T> {
  readonly answer: Promise<T>;
  readonly watch: Watch;
}

type Ask<T> = (path: string, onChange: () => void) => Promise<T>;

/** By path. */
interface Shared<T> {
  readonly questions: Map<string, Question<T>>;
  readonly watches: Map<string, Watch>;
}

/**
 * Whoever joins a question hears of the changes that its watch sees: what the answer is too old for,
 * too. Once that has fired there is nothing to join. Until it fires, all questions about a path leave
 * the same watch: a quiet path is asked about again and again, and each other one would stay.
 */
function shared<T>(
  session: Pick<ZooKeeperSession, 'onState'>,
  ask: Ask<T>,
): (path: string, onChange?: () => void) => Promise<T> {
  const all: Shared<T> = { questions: new Map(), watches: new Map() };
  session.onState(({ kind }) => {
    // Those of the old connection ended with it.
    if (kind === 'connected') all.watches.clear();
  });
  return async (path, onChange) => {
    const joined = all.questions.get(path) ?? start(all, path, ask);
    if (onChange !== undefined) {
      joined.watch.listeners.add(onChange);
      all.watches.set(path, joined.watch);
    }
    return await joined.answer;
  };
}

function start<T>(all: Shared<T>, path: string, ask: Ask<T>): Question<T> {
  const watch = all.watches.get(path) ?? createWatch(all, path);
  const answer = ask(path, watch.fire).finally(() => {
    if (all.questions.get(path) === question) all.questions.delete(path);
  });
  const question = { answer, watch };
  all.questions.set(path, question);
  return question;
}

function createWatch<T>({ questions, watches }: Shared<T>, path: string): Watch {
  const listeners = new Set<() => void>();
  const fire = (): void => {
    if (questions.get(path)?.watch === watch) questions.delete(path);
    if (watches.get(path) === watch) watches.delete(path);
    for (const listener of listeners) listener();
  };
  const watch = { listeners, fire };
  return watch;
}
