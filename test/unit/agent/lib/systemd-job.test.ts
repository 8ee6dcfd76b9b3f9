import { expect } from 'chai';
import { isBeingRestarted } from '../../../../agent/lib/systemd-job.ts';

describe('isBeingRestarted', () => {
  const ask = (
    output: string,
    changes: { cgroup?: string; exitCode?: number; env?: object } = {},
  ) => {
    const { cgroup = '0::/system.slice/nerve.service\n', exitCode = 0 } = changes;
    return isBeingRestarted({
      environment: { INVOCATION_ID: 'f00', ...changes.env },
      runCommand: async () => ({ exitCode, output }),
      readCgroup: async () => cgroup,
    });
  };

  it('is true for a restart of this unit', async () => {
    expect(await ask('12 nerve.service restart running\n')).to.equal(true);
    expect(await ask(' 9 other.service stop waiting\n12 nerve.service restart waiting\n')).to.equal(
      true,
    );
  });

  it('is false for a stop, for a shutdown, and for the restart of another unit', async () => {
    expect(await ask('12 nerve.service stop running\n')).to.equal(false);
    expect(await ask('3 shutdown.target start waiting\n4 nerve.service stop running\n')).to.equal(
      false,
    );
    expect(await ask('12 nerve-x.service restart running\n')).to.equal(false);
    expect(await ask('')).to.equal(false);
  });

  it('is false where systemd cannot be asked, or does not run it', async () => {
    const restart = '12 nerve.service restart running\n';
    expect(await ask(restart, { exitCode: 1 })).to.equal(false);
    expect(
      await ask(restart, { cgroup: '0::/user.slice/user-0.slice/session-1.scope\n' }),
    ).to.equal(false);
    expect(await ask(restart, { env: { INVOCATION_ID: undefined } })).to.equal(false);
  });
});
