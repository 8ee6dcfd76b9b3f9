import { expect } from 'chai';
import type { runInGroup } from '../../../../../agent/lib/run-in-group.ts';
import {
  createExecCheck,
  type ExecCheckDefinition,
} from '../../../../../agent/nerve/checks/exec.ts';

describe('exec check, of programs that cannot be killed', () => {
  const definition = (name: string): ExecCheckDefinition => ({
    type: 'exec',
    name,
    host: '127.0.0.1',
    port: 80,
    timeoutMs: 1_000,
    rise: 1,
    fall: 1,
    command: [name],
    exitCodes: [0],
  });
  const setUp = () => {
    /** By the programs' names, in the order of their starts. */
    const started: string[] = [];
    const unended: (() => void)[] = [];
    /** Ends none of them. */
    const run: typeof runInGroup = async ({ command }, signal, onGone = () => undefined) => {
      started.push(command.join(' '));
      unended.push(onGone);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { exitCode: undefined, summary: 'aborted' };
    };
    return { check: createExecCheck(run), started, unended };
  };
  const timeOut = async (running: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
    const abort = new AbortController();
    const ending = running(abort.signal).catch((error: unknown) => error);
    await new Promise(setImmediate);
    abort.abort();
    expect(await ending).to.equal(abort.signal.reason);
  };
  const never = new AbortController().signal;

  it('fails while the last one has not ended, and starts no other', async () => {
    const { check, started } = setUp();
    const disk = definition('disk');
    await timeOut((signal) => check(disk, signal));
    for (const _ of [1, 2]) {
      expect(await check(disk, never)).to.deep.equal({
        passed: false,
        reason: 'the last one has not ended',
      });
    }
    expect(started).to.deep.equal(['disk']);
  });

  it('starts one again once the last has ended', async () => {
    const { check, started, unended } = setUp();
    const disk = definition('disk');
    await timeOut((signal) => check(disk, signal));
    unended[0]?.();
    await timeOut((signal) => check(disk, signal));
    expect(started).to.deep.equal(['disk', 'disk']);
  });

  it('lets no check wait for that of another', async () => {
    const { check, started } = setUp();
    await timeOut((signal) => check(definition('disk'), signal));
    await timeOut((signal) => check(definition('queue'), signal));
    expect(started).to.deep.equal(['disk', 'queue']);
  });
});
