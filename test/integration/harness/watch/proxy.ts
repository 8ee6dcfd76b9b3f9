import { connect } from 'node:net';

const everyMs = 50;
/** So much is answered that often; more makes work, which would slow down what is watched. */
const smallAnswer = 32_768;
const patienceMs = 1_000;

/** Asks HAProxy again and again which servers take traffic, and which process answers. */
export function watchProxy(socket: string, tell: (topic: string, seen: object) => void): void {
  const look = async (): Promise<void> => {
    const answer = await ask(socket, 'show info;show stat -1 4 -1');
    tell('proxy', { what: 'proxy', ...parse(answer) });
    setTimeout(look, everyMs * Math.max(1, answer.length / smallAnswer));
  };
  void look();
}

/** Empty where nobody answers. */
function ask(path: string, command: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(path, () => socket.write(`${command}\n`));
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.on('error', () => {});
    socket.once('close', () => resolve(answer));
  });
}

/** `pid` is 0 where nobody answers; servers are HAProxy's own words by `backend/server`. */
function parse(answer: string): object {
  const pid = Number(/^Pid: (\d+)$/m.exec(answer)?.[1] ?? 0);
  const [heading = '', ...rows] = answer.slice(answer.indexOf('# pxname')).trim().split('\n');
  const columns = heading.replace(/^# /, '').split(',');
  const servers = rows.map((row) => {
    const cells = row.split(',');
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
    const word = cell('status').replace(/ .*/, '');
    return [`${cell('pxname')}/${cell('svname')}`, cell('weight') === '0' ? 'DRAIN' : word];
  });
  return { pid, servers: pid === 0 ? {} : Object.fromEntries(servers.sort()) };
}
