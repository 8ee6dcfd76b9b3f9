import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type GroupResult, runInGroup } from '../../../../agent/lib/run-in-group.ts';
import { eventually } from '../../../support/eventually.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

const ample = 15_000;

describe('runInGroup', () => {
  const run = (
    script: string,
    { timeoutMs = ample, signal = new AbortController().signal, environment = {} } = {},
  ): Promise<GroupResult> =>
    runInGroup({ command: ['sh', '-c', script], timeoutMs, environment }, signal);

  it('is ok with a program that exits with 0, whatever it says', async () => {
    expect(await run('echo fine; echo warning >&2')).to.deep.equal({ ok: true });
  });

  it('hands arguments over as they are, without a shell', async () => {
    const command = ['test', '$(id) *; exit 1', '=', '$(id) *; exit 1'];
    const result = await runInGroup(
      { command, timeoutMs: ample, environment: {} },
      new AbortController().signal,
    );
    expect(result).to.deep.equal({ ok: true });
  });

  it('tells the exit code and the first line of standard error', async () => {
    expect(await run('echo out; printf "\\n  first \\nsecond\\n" >&2; exit 3')).to.deep.equal({
      ok: false,
      reason: 'exit code 3: first',
    });
  });

  it('quotes standard output where standard error is empty, and nothing where both are', async () => {
    expect(await run('echo CRITICAL - 3 queues; exit 2')).to.deep.equal({
      ok: false,
      reason: 'exit code 2: CRITICAL - 3 queues',
    });
    expect(await run('exit 1')).to.deep.equal({ ok: false, reason: 'exit code 1' });
  });

  it('quotes no control characters and no more than 200 characters', async () => {
    const long = 'x'.repeat(300);
    expect(await run(`printf '\\033[31mred\\007${long}'; exit 1`)).to.deep.equal({
      ok: false,
      reason: `exit code 1: [31mred ${'x'.repeat(200 - 8)}`,
    });
  });

  it('tells the signal that ended it', async () => {
    expect(await run('kill -SEGV $$')).to.deep.equal({ ok: false, reason: 'killed by SIGSEGV' });
  });

  it('tells that a program cannot be started', async () => {
    const signal = new AbortController().signal;
    const rest = { timeoutMs: ample, environment: {} };
    expect(await runInGroup({ command: ['/no/such/program'], ...rest }, signal)).to.deep.equal({
      ok: false,
      reason: 'could not be started: spawn /no/such/program ENOENT',
    });
    expect(await runInGroup({ command: [''], ...rest }, signal)).to.have.property('ok', false);
  });

  it('adds to the environment, and keeps from it what systemd told the daemon alone', async () => {
    process.env.NOTIFY_SOCKET = '/run/systemd/notify';
    try {
      const script = 'test "$SERVICE" = web && test -n "$PATH" && test -z "$NOTIFY_SOCKET"';
      expect(await run(script, { environment: { SERVICE: 'web' } })).to.deep.equal({ ok: true });
    } finally {
      delete process.env.NOTIFY_SOCKET;
    }
  });

  it('lets a program say more than a pipe holds', async () => {
    expect(await run('head -c 1000000 /dev/zero; exit 0')).to.deep.equal({ ok: true });
  });

  it('kills the whole group at the time-out', () =>
    withTemporaryFolder(async (folder) => {
      const started = run(`${family(folder)}; wait`, { timeoutMs: 1_000 });
      expect(await started).to.deep.equal({
        ok: false,
        reason: 'not finished within 1000 ms: born',
      });
      await allGone(folder);
    }));

  it('kills the whole group on abort', () =>
    withTemporaryFolder(async (folder) => {
      const abort = new AbortController();
      const started = run(`${family(folder)}; wait`, { signal: abort.signal });
      await pidsIn(folder);
      abort.abort();
      expect(await started).to.deep.include({ ok: false });
      await allGone(folder);
    }));

  it('leaves nobody of the group behind after the end, and does not wait for them', () =>
    withTemporaryFolder(async (folder) => {
      expect(await run(`${family(folder)}; exit 0`)).to.deep.equal({ ok: true });
      await allGone(folder);
    }));

  it('starts nothing after an abort', () =>
    withTemporaryFolder(async (folder) => {
      const signal = AbortSignal.abort();
      expect(await run(`touch ${folder}/ran`, { signal })).to.deep.equal({
        ok: false,
        reason: 'aborted',
      });
      const outcome = await readFile(join(folder, 'ran')).catch(() => 'not there');
      expect(outcome).to.equal('not there');
    }));
});

/** A child that holds the streams open and ignores polite requests; its pid goes into a file. */
function family(folder: string): string {
  const child = `(trap "" TERM; echo born; sleep 600)`;
  return `${child} & echo $! > ${folder}/new; mv ${folder}/new ${folder}/pid`;
}

async function pidsIn(folder: string): Promise<number> {
  return await eventually(async () => Number(await readFile(join(folder, 'pid'), 'utf8')));
}

async function allGone(folder: string): Promise<void> {
  const pid = await pidsIn(folder);
  await eventually(() => expect(() => process.kill(pid, 0)).to.throw('ESRCH'));
}
