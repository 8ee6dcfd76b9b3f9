import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type GroupEnd, runInGroup } from '../../../../agent/lib/run-in-group.ts';
import { eventually } from '../../../support/eventually.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('runInGroup', () => {
  const never = new AbortController().signal;
  const run = (
    command: readonly string[],
    { signal = never, environment = process.env } = {},
  ): Promise<GroupEnd> => runInGroup({ command, cwd: '/', environment }, signal);
  const sh = (script: string, signal = never): Promise<GroupEnd> =>
    run(['sh', '-c', script], { signal });

  it('tells the exit code', async () => {
    expect(await sh('exit 0')).to.deep.equal({ exitCode: 0, summary: 'exit code 0' });
    expect(await sh('exit 3')).to.deep.equal({ exitCode: 3, summary: 'exit code 3' });
  });

  it('hands arguments over as they are, without a shell', async () => {
    const text = '$(id) *; exit 1';
    expect(await run(['test', text, '=', text])).to.include({ exitCode: 0 });
  });

  it('gives the environment and the folder that it is told, and no more', async () => {
    const script = 'echo "$SERVICE $HOME $PWD"; exit 1';
    const environment = { PATH: process.env.PATH, SERVICE: 'web' };
    const { summary } = await run(['sh', '-c', script], { environment });
    expect(summary).to.equal('exit code 1: web  /');
  });

  it('quotes the first line of standard error, else of standard output', async () => {
    expect(await sh('echo out; printf "\\n  first \\nsecond\\n" >&2; exit 3')).to.deep.equal({
      exitCode: 3,
      summary: 'exit code 3: first',
    });
    expect(await sh('echo CRITICAL - 3 queues; exit 2')).to.deep.equal({
      exitCode: 2,
      summary: 'exit code 2: CRITICAL - 3 queues',
    });
  });

  it('quotes no control characters and no more than 200 characters', async () => {
    const { summary } = await sh(`printf '\\033[31mred\\007${'x'.repeat(300)}'; exit 1`);
    expect(summary).to.equal(`exit code 1: [31mred ${'x'.repeat(200 - 8)}`);
  });

  it('tells the signal that ended it', async () => {
    expect(await sh('kill -SEGV $$')).to.deep.equal({
      exitCode: undefined,
      summary: 'killed by SIGSEGV',
    });
  });

  it('tells that a program cannot be started', async () => {
    expect(await run(['/no/such/program'])).to.deep.equal({
      exitCode: undefined,
      summary: 'could not be started: spawn /no/such/program ENOENT',
    });
    expect(await run([''])).to.include({ exitCode: undefined });
  });

  it('lets a program say more than a pipe holds', async () => {
    expect(await sh('head -c 1000000 /dev/zero; exit 0')).to.include({ exitCode: 0 });
  });

  it('kills the whole group on abort, and quotes what it said until then', () =>
    withTemporaryFolder(async (folder) => {
      const abort = new AbortController();
      const running = sh(`echo born; ${family(folder)}; wait`, abort.signal);
      await pidIn(folder);
      abort.abort();
      expect(await running).to.deep.equal({ exitCode: undefined, summary: 'aborted: born' });
      await gone(folder);
    }));

  it('leaves nobody of the group behind after the end, and does not wait for them', () =>
    withTemporaryFolder(async (folder) => {
      expect(await sh(`${family(folder)}; exit 0`)).to.include({ exitCode: 0 });
      await gone(folder);
    }));

  it('does not wait for who left the group and holds its streams', () =>
    withTemporaryFolder(async (folder) => {
      const script = `setsid sh -c 'echo $$ > ${folder}/new; mv ${folder}/new ${folder}/pid; exec sleep 600' &`;
      expect(await sh(`${script} until test -e ${folder}/pid; do sleep 0.01; done`)).to.include({
        exitCode: 0,
      });
      process.kill(await pidIn(folder), 'SIGKILL');
    }));

  it('tells when the program is no more, however it came to that', async () => {
    const goneAfter = async (command: readonly string[], signal = never): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      await runInGroup({ command, cwd: '/', environment: process.env }, signal, resolve);
      await promise;
    };
    await goneAfter(['true']);
    await goneAfter(['/no/such/program']);
    await goneAfter(['']);
    await goneAfter(['sleep', '600'], AbortSignal.timeout(50));
    await goneAfter(['sleep', '600'], AbortSignal.abort());
  });

  it('starts nothing after an abort', () =>
    withTemporaryFolder(async (folder) => {
      expect(await sh(`touch ${folder}/ran`, AbortSignal.abort())).to.deep.equal({
        exitCode: undefined,
        summary: 'aborted',
      });
      expect(await readdir(folder)).to.deep.equal([]);
    }));
});

/** A child that holds the streams and ignores polite requests; its pid goes into a file. */
function family(folder: string): string {
  const child = '(trap "" TERM; sleep 600)';
  return `${child} & echo $! > ${folder}/new; mv ${folder}/new ${folder}/pid`;
}

async function pidIn(folder: string): Promise<number> {
  return await eventually(async () => Number(await readFile(join(folder, 'pid'), 'utf8')));
}

async function gone(folder: string): Promise<void> {
  const pid = await pidIn(folder);
  await eventually(() => expect(() => process.kill(pid, 0)).to.throw('ESRCH'));
}
