/** The registry, as a member of the ensemble shows it. */
import { shellQuote } from '../../../infra/components/shell.ts';
import type { Hosts } from './hosts.ts';
import { registryShell } from './registry-shell.ts';

/** Equal to an earlier one only if no child came or went in between. */
export interface Folder {
  readonly children: readonly string[];
  /** The transaction that last made or deleted a child. */
  readonly pzxid: string;
  /** How often a child was made or deleted. */
  readonly cversion: number;
}

export async function readFolder(hosts: Hosts, member: string, path: string): Promise<Folder> {
  const output = await hosts.run(member, `${registryShell} ls -s ${path} 2>/dev/null`);
  const list = /^\[(.*)\]/m.exec(output)?.[1];
  const pzxid = /^pZxid = (\S+)$/m.exec(output)?.[1];
  const cversion = /^cversion = (\d+)$/m.exec(output)?.[1];
  if (list === undefined || pzxid === undefined) throw new Error(`no ${path} in: ${output}`);
  return { children: split(list), pzxid, cversion: Number(cversion) };
}

/** Data of a znode that holds JSON; anything else that the shell said. */
export async function readData(hosts: Hosts, member: string, path: string): Promise<string> {
  const output = await hosts.run(member, `${registryShell} get ${path} 2>/dev/null`);
  return output.split('\n').findLast((line) => line.startsWith('{')) ?? output;
}

/** What a folder held from a moment on. */
export interface Sighting {
  /** Milliseconds since the epoch on the member. */
  readonly atMs: number;
  readonly children: readonly string[];
}

export interface FolderWatch {
  /** Each differs from the one before it. */
  readonly seen: readonly Sighting[];
  stop(): Promise<void>;
}

/** Lists the children of a path twenty times a second, in one session. */
export function watchFolder(hosts: Hosts, member: string, path: string): FolderWatch {
  const seen: Sighting[] = [];
  const abort = new AbortController();
  const ask = `while echo ls ${path}; do sleep 0.05; done | ${registryShell} 2>/dev/null`;
  const stamp = 'while read -r line; do echo "$EPOCHREALTIME $line" || kill 0; done';
  const onLine = (line: string): void => {
    const [, time, list] = /^(\d+\.\d+) \[(.*)\]$/.exec(line) ?? [];
    if (list === undefined) return;
    const children = split(list);
    if (children.join() === seen.at(-1)?.children.join()) return;
    seen.push({ atMs: Number(time) * 1_000, children });
  };
  // Nobody reads any more: as an error it ends all of them, as a signal the writer alone.
  const command = `bash -c ${shellQuote(`trap '' PIPE; ${ask} | ${stamp}`)}`;
  const ended = hosts.follow(member, command, onLine, abort.signal);
  return {
    seen,
    stop: async () => {
      abort.abort(new Error('enough seen'));
      await ended;
    },
  };
}

function split(list: string): readonly string[] {
  return list === '' ? [] : list.split(', ').sort();
}
