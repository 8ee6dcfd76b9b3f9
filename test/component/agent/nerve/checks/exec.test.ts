import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { leavingNothing, passed, reasonOf, runTestCheck } from '../../../../support/check-bed.ts';
import { eventually } from '../../../../support/eventually.ts';
import { withTemporaryFolder } from '../../../../support/temporary-folder.ts';

describe('exec check', function () {
  this.timeout(60_000);
  const run = (command: string | readonly string[], options: object = {}) =>
    runTestCheck(4711, { type: 'exec', command, ...options });

  /** A zombie has ended; who collects it is not ours to say. */
  const isRunning = (pid: string): boolean => {
    const path = `/proc/${pid}/stat`;
    return existsSync(path) && !/\) [ZX] /.test(readFileSync(path, 'utf8'));
  };
  const pidIn = (path: string): Promise<string> =>
    eventually(() => {
      const pid = readFileSync(path, 'utf8').trim();
      expect(pid).to.match(/^\d+$/);
      return pid;
    });

  it('passes on exit code 0, or those that it is told', async () => {
    await leavingNothing(async () => {
      expect(await run(['true'])).to.deep.equal(passed);
      expect(await run('true && true')).to.deep.equal(passed);
      expect(await run('exit 3', { expect_exit: [1, 3] })).to.deep.equal(passed);
    });
  });

  it('runs a list without a shell', async () => {
    expect(await run(['test', '$HOME; exit 1', '=', '$HOME; exit 1'])).to.deep.equal(passed);
  });

  it('tells the program where the service is, and little else', async () => {
    expect(await reasonOf(run('echo "$HOST:$PORT $HOME"; exit 1'))).to.equal(
      'exit code 1: 127.0.0.1:4711',
    );
  });

  it('gives the first line of the output for a reason, short and printable', async () => {
    expect(await reasonOf(run('echo; printf "\\033[31mbad\\007\\nmore"; exit 2'))).to.equal(
      'exit code 2: [31mbad',
    );
    expect(await reasonOf(run('echo from stderr >&2; exit 2'))).to.equal(
      'exit code 2: from stderr',
    );
    const long = await reasonOf(run('head -c 10000000 /dev/zero | tr "\\\\0" x; exit 2'));
    expect(long)
      .to.match(/^exit code 2: x+$/)
      .and.have.length(200);
    expect(await reasonOf(run(['false']))).to.equal('exit code 1');
    expect(await reasonOf(run('kill -TERM $$'))).to.equal('killed by SIGTERM');
  });

  it('fails when there is no such program', async () => {
    await leavingNothing(async () => {
      expect(await reasonOf(run(['/no/such/program']))).to.include('ENOENT');
    });
  });

  it('kills whatever it started at the time-out, though it will not be ended', async () => {
    await withTemporaryFolder(async (folder) => {
      const [child, grandchild] = [join(folder, 'child'), join(folder, 'grandchild')];
      const script = `trap "" TERM; (trap "" TERM; echo $$ >${child}; sh -c 'echo $$ >${grandchild}; sleep 600') & wait; sleep 600`;
      await leavingNothing(async () => {
        expect(await reasonOf(run(script, { timeout: 1 }))).to.equal('no answer within 1000 ms');
        for (const path of [child, grandchild]) {
          const pid = await pidIn(path);
          await eventually(() => expect(isRunning(pid)).to.equal(false));
        }
      });
    });
  });

  it('waits for no one who stays behind with its output, and ends them', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'straggler');
      await leavingNothing(async () => {
        const reason = await reasonOf(
          run(`sh -c 'echo $$ >${path}; sleep 600' & sleep 0.2; exit 1`),
        );
        expect(reason).to.equal('exit code 1');
        const pid = await pidIn(path);
        await eventually(() => expect(isRunning(pid)).to.equal(false));
      });
    });
  });

  it('ends with nerve', async () => {
    await leavingNothing(async () => {
      const stopping = new AbortController();
      const options = { type: 'exec', command: ['sleep', '600'] };
      const result = runTestCheck(1, options, stopping.signal);
      setTimeout(() => stopping.abort(), 50);
      expect(await result.catch((error: unknown) => error)).to.equal(stopping.signal.reason);
    });
  });
});
