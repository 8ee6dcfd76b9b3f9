/** What the running HAProxy is and has. */
import { AdminError, type AdminSocket } from './admin.ts';
import {
  type ActualServer,
  AnswerError,
  type ProcessInfo,
  parseInfo,
  parseServersState,
} from './answers.ts';

export interface Observation {
  readonly process: ProcessInfo;
  readonly servers: readonly ActualServer[];
  /** The answer to `show servers state`: HAProxy reads it back after a reload. */
  readonly serversState: string;
}

/** `undefined` while HAProxy does not answer: it is not running, or busy starting. */
export async function observe(admin: AdminSocket): Promise<Observation | undefined> {
  try {
    // On one connection: each more is felt by whoever waits for a change.
    const answer = await admin.ask('show info; show servers state');
    const end = answer.indexOf('\n\n');
    if (end < 0) throw new AnswerError('show info: its answer has no end');
    const process = parseInfo(answer.slice(0, end));
    const serversState = answer.slice(end).trimStart();
    return { process, servers: parseServersState(serversState), serversState };
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

/**
 * The state file's text without the servers that synapse is retiring: their maintenance is not
 * an operator's and must not outlive them. Without `# …` columns that only count time, two equal
 * situations give equal texts.
 */
export function serverStateText(
  serversState: string,
  isRetiring: (backend: string, server: string) => boolean,
): string {
  const [version = '1', heading = '', ...rows] = serversState.trimEnd().split('\n');
  const names = heading.split(' ').slice(1);
  const time = names.indexOf('srv_time_since_last_change');
  const kept = rows
    .map((row) => row.split(' '))
    .filter((cells) => !isRetiring(cells[1] ?? '', cells[3] ?? ''))
    .map((cells) => cells.map((cell, index) => (index === time ? '0' : cell)).join(' '));
  return `${[version, heading, ...kept].join('\n')}\n`;
}
