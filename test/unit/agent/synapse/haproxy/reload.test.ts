import { expect } from 'chai';
import { AdminError } from '../../../../../agent/synapse/haproxy/admin.ts';
import type { ProcessInfo } from '../../../../../agent/synapse/haproxy/answers.ts';
import { createReloader, type ReloadResult } from '../../../../../agent/synapse/haproxy/reload.ts';
import { createReloadPacer } from '../../../../../agent/synapse/haproxy/reload-pacer.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';

const unreachable = new AdminError('unreachable', 'away');
const [old, wanted] = ['0000000000000000', '1111111111111111'];

/** With the empty line that ends HAProxy's answers. */
function infoOf(pid: number, fingerprint: string): string {
  return `Version: 2.6.12\nPid: ${pid}\ndescription: synapse:${fingerprint}\n\n`;
}

function procOf(reloads: number, failed: number, ...workers: readonly number[]): string {
  const master = `1  master  ${reloads} [failed: ${failed}]  0d00h01m  2.6.12\n`;
  const rows = workers.map((pid) => `${pid}  worker  0  0d00h00m00s  2.6.12\n`);
  return `# header\n${master}# workers\n${rows.join('')}# programs\n`;
}

interface Script {
  /** Answers in turn; the last one stays. */
  readonly info: readonly (string | Error)[];
  readonly proc?: readonly string[];
  readonly reload?: readonly (string | Error)[];
  /** The worker that answered before, by default the one of pid 10; `null`: none did. */
  readonly before?: ProcessInfo | null;
}

async function reload({
  info,
  proc = [procOf(0, 0)],
  reload: answers = [''],
  before = { pid: 10, version: '', fingerprint: old },
}: Script): Promise<{
  readonly result: ReloadResult;
  readonly tookMs: number;
}> {
  const clock = createFakeClock();
  const infos = [...info];
  const procs = [...proc];
  const reloads = [...answers];
  const next = <T>(list: T[]): T | undefined => (list.length > 1 ? list.shift() : list[0]);
  const say = (one: string | Error | undefined): string => {
    if (one instanceof Error) throw one;
    return one ?? '';
  };
  const reloader = createReloader({
    admin: { ask: async () => say(next(infos)) },
    by: {
      kind: 'master',
      master: { ask: async (command) => say(next(command === 'reload' ? reloads : procs)) },
    },
    clock,
    deadlineMs: 1_000,
  });
  const pending = reloader.reload(before ?? undefined, wanted, new AbortController().signal);
  let result: ReloadResult | undefined;
  pending.then((value) => {
    result = value;
  });
  while (result === undefined && clock.now() < 5_000) await clock.advance(10);
  return { result: await pending, tookMs: clock.now() };
}

describe('createReloader', () => {
  it('believes only a new worker with the new text', async () => {
    const info = [
      infoOf(10, old),
      new AdminError('unreachable', 'gone'),
      infoOf(11, old),
      infoOf(10, wanted),
      infoOf(12, wanted),
    ];
    const { result } = await reload({ info });
    const process = { pid: 12, version: '2.6.12', fingerprint: wanted };
    expect(result).to.deep.equal({ ok: true, process });
  });

  it('does not believe a worker that was just starting when the reload was asked for', async () => {
    const info = [infoOf(10, wanted), infoOf(11, wanted)];
    const { result } = await reload({ info, proc: [procOf(0, 0, 10)], before: null });
    expect(result).to.deep.include({
      process: { pid: 11, version: '2.6.12', fingerprint: wanted },
    });
  });

  it('hears of a failure from the count of the master', async () => {
    const proc = [procOf(3, 0), procOf(4, 1)];
    const { result, tookMs } = await reload({ info: [infoOf(10, old)], proc });
    expect(result).to.deep.equal({
      ok: false,
      reason: 'HAProxy refused the new text: see its log',
    });
    expect(tookMs).to.be.lessThan(100);
  });

  it('is not misled by a failure of earlier', async () => {
    const proc = [procOf(4, 1), procOf(4, 1), procOf(5, 0)];
    const info = [infoOf(10, old), infoOf(10, old), infoOf(11, wanted)];
    expect((await reload({ info, proc })).result).to.include({ ok: true });
  });

  it('hears of it from the answer of a newer master', async () => {
    const { result } = await reload({ info: [infoOf(10, old)], reload: ['Success=0\n--\nbad'] });
    expect(result).to.deep.equal({ ok: false, reason: 'Success=0\n--\nbad' });
  });

  it('gives up at its deadline', async () => {
    const { result } = await reload({ info: [infoOf(10, old)] });
    expect(result).to.deep.equal({ ok: false, reason: 'no new worker within 1000 ms' });
  });

  it('takes a cut connection for the start of the reload, and none for a refusal', async () => {
    const info = [infoOf(11, wanted)];
    const cut = await reload({ info, reload: [new AdminError('cut', 'reset')] });
    expect(cut.result).to.include({ ok: true });
    const absent = await reload({ info, reload: [unreachable] });
    expect(absent.result).to.deep.equal({ ok: false, reason: 'the master does not answer: away' });
  });

  it('waits a moment for a master that executes itself anew, beside a worker alone', async () => {
    const info = [infoOf(10, old), infoOf(11, wanted)];
    const away = [unreachable, unreachable];
    expect((await reload({ info, reload: [...away, ''] })).result).to.include({ ok: true });
    const stopped = await reload({ info, reload: [...away, ''], before: null });
    expect(stopped.result).to.include({ ok: false });
  });
});

describe('createReloadPacer', () => {
  it('keeps reloads apart by the interval and its jitter, and pauses ever longer after failures', async () => {
    const clock = createFakeClock();
    const pacer = createReloadPacer({ clock, random: () => 0.5, intervalMs: 2_000, jitter: 0.2 });
    expect(pacer.waitMs()).to.equal(0);
    pacer.reloaded();
    expect(pacer.waitMs()).to.equal(2_200);
    await clock.advance(2_200);
    expect(pacer.waitMs()).to.equal(0);
    pacer.failed();
    expect(pacer.waitMs()).to.equal(750);
    for (let failures = 1; failures < 10; failures += 1) pacer.failed();
    expect(pacer.waitMs()).to.equal(11_250);
    pacer.reloaded();
    await clock.advance(2_200);
    pacer.failed();
    expect(pacer.waitMs()).to.equal(750);
  });
});
