/** How soon consumers hear of an instance that started or died. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ZooKeeperSession } from '../../agent/zookeeper/session.ts';
import { startNode } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-ports.ts';
import { atMost, type Benchmark, quantilesOf } from './support/benchmark.ts';
import type { NerveProcess } from './support/nerve-process.ts';
import { prepareNerve, startNerve, stopNerve } from './support/nerve-process.ts';
import { expectChildren, hasNone, hasRegistration } from './support/watch-children.ts';

const samples = 25;
const warmUp = 3;
const intervalMs = 1_000;

interface Life {
  readonly startMs: number;
  readonly endMs: number;
}

export const nerveInstances: Benchmark = {
  name: 'nerve: an instance starts and dies',
  run: async (lab) => {
    const path = lab.newPath();
    const port = await freePort();
    const service = {
      host: '127.0.0.1',
      port,
      zk_hosts: lab.ensemble.hosts,
      zk_path: path,
      check_interval: intervalMs / 1_000,
      checks: [{ type: 'http', uri: '/', timeout: 0.5, rise: 1, fall: 1 }],
    };
    const observer = await lab.connect();
    const nerve = startNerve(lab, await prepareNerve(lab, { service }));
    try {
      await eventually(async () => await nerve.registered());
      await observer.ensurePath(path);
      const lives: Life[] = [];
      for (let round = 0; round < samples + warmUp; round += 1) {
        lives.push(await timeLife(nerve, observer, path, port));
      }
      const counted = lives.slice(warmUp);
      return [
        {
          name: 'nerve: an instance answers → znode',
          unit: 'ms',
          measured: quantilesOf(counted.map(({ startMs }) => startMs)),
          limits: { median: atMost(150) },
        },
        {
          name: 'nerve: kill -9 of an instance → znode gone',
          unit: 'ms',
          measured: quantilesOf(counted.map(({ endMs }) => endMs)),
          limits: { median: atMost(50) },
        },
      ];
    } finally {
      await stopNerve(nerve);
    }
  },
};

/** Anywhere between two checks: neither time may depend on their beat. */
async function timeLife(
  nerve: NerveProcess,
  observer: ZooKeeperSession,
  path: string,
  port: number,
): Promise<Life> {
  await sleep(intervalMs * Math.random());
  const there = await expectChildren(observer, path, hasRegistration);
  const instance = startNode([
    fileURLToPath(new URL('support/instance.ts', import.meta.url)),
    `${port}`,
  ]);
  const answersAtMs = await eventually(
    () => {
      if (!instance.output.includes('ready')) throw new Error('the instance does not answer');
      return performance.now();
    },
    { pollMs: 1 },
  );
  const startMs = (await there.seenAtMs) - answersAtMs;
  await sleep(intervalMs * Math.random());
  const gone = await expectChildren(observer, path, hasNone);
  const killedAtMs = performance.now();
  instance.signal('SIGKILL');
  await instance.exited;
  await notify(nerve, 'service');
  return { startMs, endMs: (await gone.seenAtMs) - killedAtMs };
}

/** What `ExecStopPost=` of the service's unit does. */
async function notify({ socketPath }: NerveProcess, service: string): Promise<void> {
  const url = `http://nerve/services/${service}/check`;
  const options = ['--silent', '--show-error', '--fail', '--max-time', '2'];
  const args = [...options, '--unix-socket', socketPath, '-X', 'POST', '-o', '/dev/null', url];
  const child = spawn('curl', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code]: (number | null)[] = await once(child, 'exit');
  if (code !== 0) throw new Error(`nerve did not take the news of the end: curl exited ${code}`);
}
