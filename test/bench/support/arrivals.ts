/**
 * One backend for many services, as a process of its own: `arrivals.ts` prints its port. It notes
 * when each path is asked for. `/report?interval=MS` answers with the gaps since `/reset`.
 */
import { createServer } from 'node:http';
import { portOf } from '../../support/free-ports.ts';

const arrivals = new Map<string, number[]>();

const server = createServer(({ url = '/' }, response) => {
  const now = performance.now();
  const { pathname, searchParams } = new URL(url, 'http://backend');
  if (pathname === '/report') {
    response.end(JSON.stringify(report(now, Number(searchParams.get('interval')))));
  } else if (pathname === '/reset') {
    // The last one stays: the gap that spans the reset counts as well.
    for (const [path, times] of arrivals) arrivals.set(path, times.slice(-1));
    response.end();
  } else {
    const times = arrivals.get(pathname) ?? [];
    times.push(now);
    arrivals.set(pathname, times);
    response.end();
  }
});

function report(nowMs: number, intervalMs: number): object {
  const gaps = [...arrivals.values()].flatMap((times) => {
    const inside = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    // One that never came again is late too.
    const open = nowMs - (times.at(-1) ?? 0);
    return open > intervalMs ? [...inside, open] : inside;
  });
  return {
    services: arrivals.size,
    requests: [...arrivals.values()].reduce((sum, times) => sum + times.length - 1, 0),
    latenesses: gaps.map((gap) => Math.max(0, gap - intervalMs)),
  };
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${portOf(server)}\n`));
