import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Clock, systemClock } from '../../../../agent/lib/clock.ts';
import { AdminError, createAdminSocket } from '../../../../agent/synapse/haproxy/admin.ts';
import { parseInfo } from '../../../../agent/synapse/haproxy/answers.ts';
import {
  type HeldConnection,
  holdConnection,
} from '../../../../agent/synapse/haproxy/held-connection.ts';
import { watchMaster } from '../../../../agent/synapse/haproxy/master-watch.ts';
import { observeSome } from '../../../../agent/synapse/haproxy/observe.ts';
import {
  createRuntimeLine,
  type RuntimeLine,
} from '../../../../agent/synapse/haproxy/runtime-line.ts';
import { watchProcess } from '../../../../agent/synapse/haproxy/sentinel.ts';
import { eventually } from '../../../support/eventually.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';

describe('the connection to HAProxy', () => {
  let bed: SynapseBed;
  let ends: number;

  beforeEach(async () => {
    bed = await createSynapseBed();
    ends = 0;
    const backend = await bed.backend('a');
    bed.register(backend);
    await bed.startServing(backend);
  });

  afterEach(() => bed.destroy());

  function hold(deadlineMs = 5_000): HeldConnection {
    const onEnd = (): void => {
      ends += 1;
    };
    const path = bed.haproxy.socketPath;
    return holdConnection({ path, clock: systemClock, deadlineMs, onEnd });
  }

  function createLine(): RuntimeLine {
    return createRuntimeLine({ path: () => bed.haproxy.socketPath, clock: systemClock });
  }

  async function codeOf(answer: Promise<unknown>): Promise<string> {
    return await answer.then(
      () => 'answered',
      (error: unknown) => (error instanceof AdminError ? error.code : String(error)),
    );
  }

  it('answers one question after the other, and ends when HAProxy does', async () => {
    const held = hold();
    const first = parseInfo(await held.ask(['show info']));
    expect(await held.ask(['show backend'])).to.match(/^# name\n(?:\w+\n)*web\n/);
    expect(parseInfo(await held.ask(['show info']))).to.deep.equal(first);
    expect(ends).to.equal(0);
    await bed.haproxy.kill();
    await eventually(() => expect(ends).to.equal(1));
    expect(await codeOf(held.ask(['show info']))).to.equal('unreachable');
  });

  it('answers several at once as HAProxy does to those who dial', async () => {
    const held = hold();
    const dialled = createAdminSocket({ path: bed.haproxy.socketPath, deadlineMs: 5_000 });
    const questions = ['show version', 'set weight web/none 5', 'show backend', 'show env PATH'];
    expect(await held.ask(questions)).to.equal(await dialled.ask(questions.join('; ')));
    held.end();
  });

  it('is of use where it is held, and only there', async () => {
    const line = createLine();
    expect(await codeOf(line.ask('show info'))).to.equal('unreachable');
    line.dial();
    const looks = await Promise.all([observeSome(line, ['web']), observeSome(line, ['other'])]);
    expect(looks.map((look) => look?.servers.length)).to.deep.equal([1, undefined]);
    line.end();
    expect(await codeOf(line.ask('show info'))).to.equal('unreachable');
  });

  it('takes one line for a command', async () => {
    const line = createLine();
    line.dial();
    const error = await line.ask('show info\nshow backend').catch((cause: unknown) => cause);
    expect(error).to.be.instanceOf(TypeError);
    line.end();
  });

  it('is not looked through any more once a reload has replaced the worker', async () => {
    const line = createLine();
    line.dial();
    await eventually(() => bed.haproxy.master.ask('show proc'));
    await bed.haproxy.master.ask('reload').catch(() => undefined);
    await eventually(async () => expect(await observeSome(line, ['web'])).to.equal(undefined));
    line.end();
  });

  it('fails where nobody listens, and ends', async () => {
    await bed.haproxy.kill();
    const held = hold();
    expect(await codeOf(held.ask(['show info']))).to.equal('cut');
    await eventually(() => expect(ends).to.equal(1));
  });

  it('sees the servers of some backends, and tells when one of them is not there', async () => {
    const admin = createAdminSocket({ path: bed.haproxy.socketPath, deadlineMs: 5_000 });
    const seen = await observeSome(admin, ['web', 'web']);
    expect(seen?.servers.map(({ backend }) => backend)).to.deep.equal(['web', 'web']);
    expect(await observeSome(admin, ['web', 'other'])).to.equal(undefined);
    await bed.haproxy.kill();
    expect(await observeSome(admin, ['web'])).to.equal(undefined);
  });

  it('tells of a reload by the end of a connection to the master', async () => {
    let nowMs = 0;
    let ends = 0;
    const { masterPath, master } = bed.haproxy;
    const watch = watchMaster({
      path: () => masterPath,
      clock: { ...systemClock, now: () => nowMs },
      onEnd: () => {
        ends += 1;
      },
    });
    // It listens a moment after the worker.
    await eventually(() => master.ask('show proc'));
    await eventually(() => {
      nowMs += 20_000;
      expect(watch.tellsOfReloads()).to.equal(true);
    });
    expect(ends).to.equal(0);
    await master.ask('reload').catch(() => undefined);
    await eventually(() => expect(ends).to.equal(1));
    expect(watch.tellsOfReloads()).to.equal(false);
    watch.end();
  });

  it('dials now and then while nobody listens', async () => {
    await bed.haproxy.kill();
    const stop = new AbortController();
    let dials = 0;
    const nobody = (): undefined => {
      dials += 1;
    };
    const watching = watchProcess(
      {
        line: createLine(),
        admin: nobody,
        clock: systemClock,
        known: () => undefined,
        onChange: () => undefined,
      },
      stop.signal,
    );
    await sleep(1_000);
    stop.abort();
    await watching;
    expect(dials).to.be.within(1, 10);
  });

  it('looks again and again for the worker of a reload that the master tells of', async () => {
    const stop = new AbortController();
    const { pid } = await bed.haproxy.info();
    const masters: Socket[] = [];
    const master = createServer((socket) => masters.push(socket));
    const masterPath = `${bed.haproxy.socketPath}.master`;
    await new Promise<void>((resolve) => master.listen(masterPath, resolve));
    let hasNoticed = false;
    const watching = watchProcess(
      {
        // Nor is it told when HAProxy ends a connection that idles.
        line: { ...createLine(), onEnd: () => undefined },
        masterPath: () => masterPath,
        clock: onlyShortWaits,
        known: () => ({ pid, version: '', fingerprint: undefined }),
        onChange: () => {
          hasNoticed = true;
        },
      },
      stop.signal,
    );
    await eventually(() => bed.haproxy.master.ask('show proc'));
    await eventually(() => expect(masters).to.have.lengthOf(1));
    masters[0]?.destroy();
    await bed.haproxy.master.ask('reload').catch(() => undefined);
    await eventually(() => expect(hasNoticed).to.equal(true));
    stop.abort();
    await watching;
    master.close();
    for (const socket of masters) socket.destroy();
  });

  it('lets a worker go that a reload has replaced', async () => {
    const stop = new AbortController();
    const before = (await bed.haproxy.info()).pid;
    let noticed = 0;
    const known = { pid: before, version: '', fingerprint: undefined };
    const watching = watchProcess(
      {
        line: createLine(),
        clock: systemClock,
        known: () => known,
        onChange: () => {
          noticed += 1;
        },
      },
      stop.signal,
    );
    // It listens a moment after the worker.
    await eventually(() => bed.haproxy.master.ask('show proc'));
    // Before 2.8 the master closes without an answer.
    await bed.haproxy.master.ask('reload').catch(() => undefined);
    await eventually(() => expect(noticed).to.be.greaterThan(0));
    await eventually(() => expect(isAlive(before)).to.equal(false));
    stop.abort();
    await watching;
  });
});

/** Time stands still, and whoever waits for long waits for ever. */
const onlyShortWaits: Clock = {
  ...systemClock,
  now: () => 0,
  after: (ms, callback) => (ms > 100 ? () => undefined : systemClock.after(ms, callback)),
};

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
