import { expect } from 'chai';
import { runHook } from '../../../../../agent/nerve/lifecycle/hook.ts';

describe('runHook', () => {
  const never = new AbortController().signal;
  const hook = (script: string, timeoutMs = 15_000) => ({
    command: ['sh', '-c', script],
    timeoutMs,
  });

  it('is ok with a program that exits with 0, whatever it says', async () => {
    expect(await runHook(hook('echo warning >&2'), {}, never)).to.deep.equal({ ok: true });
  });

  it('runs the program with what it is to know, and tells why it failed', async () => {
    const failing = hook('echo "$SERVICE is not ready"; exit 4');
    expect(await runHook(failing, { SERVICE: 'web' }, never)).to.deep.equal({
      ok: false,
      reason: 'exit code 4: web is not ready',
    });
  });

  it('tells a time-out from an abort', async () => {
    expect(await runHook(hook('echo asleep; exec sleep 600', 500), {}, never)).to.deep.equal({
      ok: false,
      reason: 'not finished within 500 ms: asleep',
    });
    expect(await runHook(hook('true'), {}, AbortSignal.abort())).to.deep.equal({
      ok: false,
      reason: 'aborted',
    });
  });

  it('keeps from the program what systemd told the daemon alone', async () => {
    process.env.NOTIFY_SOCKET = '/run/systemd/notify';
    try {
      const script = 'test -n "$PATH" && test -z "$NOTIFY_SOCKET"';
      expect(await runHook(hook(script), {}, never)).to.deep.equal({ ok: true });
    } finally {
      delete process.env.NOTIFY_SOCKET;
    }
  });
});
