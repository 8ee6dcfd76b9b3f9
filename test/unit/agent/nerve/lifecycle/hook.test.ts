import { expect } from 'chai';
import { runHook } from '../../../../../agent/nerve/lifecycle/hook.ts';

describe('runHook', () => {
  it('runs the program with what it is to know, and tells why it failed', async () => {
    const hook = {
      command: ['sh', '-c', 'echo "$SERVICE is not ready"; exit 4'],
      timeoutMs: 9_000,
    };
    const signal = new AbortController().signal;
    expect(await runHook(hook, { SERVICE: 'web' }, signal)).to.deep.equal({
      ok: false,
      reason: 'exit code 4: web is not ready',
    });
  });
});
