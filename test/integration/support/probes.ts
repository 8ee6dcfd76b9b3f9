/** What is true on the hosts right now, asked from outside of the agent. */
import type { Hosts } from './hosts.ts';

const member = 'exec 3<> /dev/tcp/127.0.0.1/2181';

/** Answer of a ZooKeeper member to a four-letter word. */
export function fourLetterWord(hosts: Hosts, host: string, word: string): Promise<string> {
  return hosts.run(host, `${member}; echo -n ${word} >&3; timeout 3 cat <&3`);
}

/** `leader`, `follower`, or whatever else the member says of itself. */
export async function modeOf(hosts: Hosts, host: string): Promise<string> {
  const answer = await fourLetterWord(hosts, host, 'srvr');
  return /^Mode: (.*)$/m.exec(answer)?.[1] ?? `no mode in: ${answer}`;
}

/** Ids of the members that have a vote, as one of them sees it. */
export async function votersOf(hosts: Hosts, host: string): Promise<readonly number[]> {
  const answer = await fourLetterWord(hosts, host, 'conf');
  const voters = answer.matchAll(/^server\.(\d+)=.*:participant;/gm);
  return [...voters].map(([, id]) => Number(id)).sort((a, b) => a - b);
}

/** Answer of HAProxy's admin socket. */
export function haproxy(hosts: Hosts, host: string, command: string): Promise<string> {
  const program =
    'const socket = require("node:net").connect("/run/smartstack/haproxy.sock");' +
    `socket.end(${JSON.stringify(`${command}\n`)});` +
    'socket.pipe(process.stdout);';
  return hosts.run(host, `/opt/smartstack/current/bin/node -e '${program}'`);
}

interface ServerRow {
  readonly name: string;
  /** HAProxy's own word, such as `UP 1/2`. */
  readonly status: string;
  readonly weight: number;
}

type Row = Readonly<Record<string, string>>;

/** Servers of a backend, and what HAProxy counts of all of them. */
async function rowsOf(
  hosts: Hosts,
  host: string,
  backend: string,
): Promise<{ readonly servers: readonly Row[]; readonly whole: Row }> {
  const [head = '', ...lines] = (await haproxy(hosts, host, 'show stat')).split('\n');
  const columns = head.replace(/^# /, '').split(',');
  const rows = lines
    .map((line) => line.split(','))
    .map((cells): Row => Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? ''])))
    .filter(({ pxname, svname }) => pxname === backend && svname !== 'FRONTEND');
  const isWhole = ({ svname }: Row): boolean => svname === 'BACKEND';
  return { servers: rows.filter((row) => !isWhole(row)), whole: rows.find(isWhole) ?? {} };
}

async function serverRows(hosts: Hosts, host: string, backend: string): Promise<ServerRow[]> {
  const { servers } = await rowsOf(hosts, host, backend);
  return servers.map(({ svname: name = '', status = '', weight }) => ({
    name,
    status,
    weight: Number(weight),
  }));
}

/** Since HAProxy's counters were cleared. */
export interface Peaks {
  /** Of any one server. */
  readonly sessionsAtOnce: number;
  /** For any server to have room. */
  readonly waitingAtOnce: number;
}

export async function peaksOf(hosts: Hosts, host: string, backend: string): Promise<Peaks> {
  const { servers, whole } = await rowsOf(hosts, host, backend);
  return {
    sessionsAtOnce: Math.max(...servers.map(({ smax }) => Number(smax))),
    waitingAtOnce: Number(whole.qmax),
  };
}

/** Servers of a backend that take traffic, by name. */
export async function serversUp(hosts: Hosts, host: string, backend: string): Promise<string[]> {
  return (await serverRows(hosts, host, backend))
    .filter(({ status, weight }) => status.startsWith('UP') && weight > 0)
    .map(({ name }) => name)
    .sort();
}

/** Weights of all servers of a backend, by name. */
export async function serverWeights(
  hosts: Hosts,
  host: string,
  backend: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await serverRows(hosts, host, backend);
  return new Map(rows.map(({ name, weight }) => [name, weight]));
}

/** Process id of HAProxy's worker: a reload starts another one. */
export async function haproxyWorker(hosts: Hosts, host: string): Promise<string> {
  const info = await haproxy(hosts, host, 'show info');
  return /^Pid: (\d+)$/m.exec(info)?.[1] ?? `no pid in: ${info}`;
}

/** Main process of a unit; `0` when it does not run. */
export function mainPid(hosts: Hosts, host: string, unit: string): Promise<string> {
  return hosts.run(host, `systemctl show -P MainPID ${unit}`);
}
