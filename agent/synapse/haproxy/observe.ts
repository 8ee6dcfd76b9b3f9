/** What the running HAProxy is and has. */
import { AdminError, type AdminSocket } from './admin.ts';
import {
  type ActualServer,
  AnswerError,
  isStopping,
  type ProcessInfo,
  parseInfo,
  parseServersState,
} from './answers.ts';
import { indexServers, type ServerIndex } from './server-index.ts';

/** A look at some or all of what runs. */
export interface Look {
  readonly process: ProcessInfo;
  /** The backends that were looked at. */
  readonly of: 'all' | ReadonlySet<string>;
  readonly servers: readonly ActualServer[];
  /** The same servers by their names, for everybody who compares them with something else. */
  readonly index: ServerIndex;
}

export interface Observation extends Look {
  readonly of: 'all';
  /** The answer to `show servers state`: HAProxy reads it back after a reload. */
  readonly serversState: string;
}

/** `undefined` where none answers, or one that is about to end. */
export function whoAnswers(admin: AdminSocket): Promise<ProcessInfo | undefined> {
  return whileAnswering(async () => (await askWithInfo(admin, [])).process);
}

/** `undefined` while HAProxy does not answer: it is not running, or busy starting. */
export function observe(admin: AdminSocket): Promise<Observation | undefined> {
  return whileAnswering(async () => {
    const { process, rest } = await askWithInfo(admin, ['show servers state']);
    const servers = parseServersState(rest);
    return { process, of: 'all', servers, index: indexServers(servers), serversState: rest };
  });
}

/** The states of all servers, for whoever keeps them and compares nothing. */
export function observeStates(
  admin: AdminSocket,
): Promise<Pick<Observation, 'servers' | 'serversState'> | undefined> {
  return whileAnswering(async () => {
    const { rest } = await askWithInfo(admin, ['show servers state']);
    return { servers: parseServersState(rest), serversState: rest };
  });
}

/** The same of a few backends; `undefined` too where one of them is not there. */
export function observeSome(
  admin: AdminSocket,
  backends: readonly string[],
): Promise<Look | undefined> {
  return whileAnswering(async () => {
    const questions = backends.map((backend) => `show servers state ${backend}`);
    const { process, rest } = await askWithInfo(admin, questions);
    const servers = rest.split('\n\n').flatMap(parseServersState);
    return { process, of: new Set(backends), servers, index: indexServers(servers) };
  });
}

/** On one connection: each more is felt by whoever waits for a change. */
async function askWithInfo(
  admin: AdminSocket,
  questions: readonly string[],
): Promise<{ readonly process: ProcessInfo; readonly rest: string }> {
  const answer = await admin.ask(['show info', ...questions].join('; '));
  const end = answer.indexOf('\n\n');
  if (end < 0) throw new AnswerError('show info: its answer has no end');
  const info = answer.slice(0, end);
  if (isStopping(info)) throw new AnswerError('show info: the process is about to end');
  return { process: parseInfo(info), rest: answer.slice(end).trim() };
}

async function whileAnswering<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AdminError || error instanceof AnswerError) return undefined;
    throw error;
  }
}

/** Those of a process that runs other text; empty when it does not answer. */
export async function listBackends(admin: AdminSocket): Promise<readonly string[]> {
  const answer = await admin.ask('show backend').catch(() => '');
  return answer.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
