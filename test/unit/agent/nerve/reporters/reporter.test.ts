import { expect } from 'chai';
import {
  type OnDisturbed,
  type Registry,
  RegistryError,
} from '../../../../../agent/nerve/reporters/registry.ts';
import { startReporter } from '../../../../../agent/nerve/reporters/reporter.ts';
import type { Registration } from '../../../../../agent/registration.ts';
import { createFakeClock, settle } from '../../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';

const registration = (port: number): Registration => ({ host: '10.0.0.5', port, name: 'node_1' });

describe('startReporter', () => {
  const setUp = () => {
    const clock = createFakeClock();
    const logger = createRecordingLogger();
    const calls: string[] = [];
    const control: {
      failure?: Error;
      usable: boolean;
      disturb: OnDisturbed;
      gate?: Promise<void>;
    } = { usable: true, disturb: () => undefined };
    const call = (name: string) => async (): Promise<void> => {
      calls.push(name);
      await control.gate;
      if (control.failure) throw control.failure;
    };
    const registry: Registry = {
      get usable() {
        return control.usable;
      },
      path: '/s/node_1_0000000001',
      prepare: call('prepare'),
      register: ({ port }) => call(`register ${port}`)(),
      deregister: ({ port }, reason) => call(`deregister ${port} ${reason}`)(),
      close: () => calls.push('close'),
    };
    const results: string[] = [];
    const reporter = startReporter({
      registration: registration(1),
      onResult: (result) => results.push(result),
      openRegistry: (onDisturbed) => {
        control.disturb = onDisturbed;
        return registry;
      },
      clock,
      random: () => 1,
      logger,
    });
    return { clock, logger, calls, control, reporter, results };
  };

  it('prepares until the checks have decided, then does what they say', async () => {
    const { calls, reporter } = setUp();
    await settle();
    expect(calls).to.deep.equal(['prepare']);
    expect(reporter.status).to.deep.include({ wanted: undefined, settled: false });
    reporter.up(registration(1));
    await settle();
    reporter.up(registration(1));
    await settle();
    reporter.down('failing');
    await settle();
    expect(calls).to.deep.equal(['prepare', 'register 1', 'deregister 1 failing']);
    expect(reporter.status).to.deep.include({ wanted: 'down', settled: true });
  });

  it('works in what changes while it writes, and only the last of it', async () => {
    const { calls, control, reporter } = setUp();
    await settle();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    control.gate = gate;
    reporter.up(registration(1));
    await settle();
    reporter.down('failing');
    reporter.up(registration(2));
    reporter.up(registration(3));
    open();
    await settle();
    expect(calls).to.deep.equal(['prepare', 'register 1', 'register 3']);
  });

  it('tries again after a failure, 100 ms later and up to 2 s, and says so once', async () => {
    const { clock, calls, control, logger, reporter } = setUp();
    await settle();
    control.failure = new RegistryError('no quorum');
    reporter.up(registration(1));
    const waits: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      await settle();
      waits.push(clock.nextWakeMs());
      await clock.advance(clock.nextWakeMs() ?? 0);
    }
    expect(waits).to.deep.equal([100, 200, 400, 800, 1_600, 2_000, 2_000]);
    expect(logger.events()).to.deep.equal(['report-failed']);
    expect(reporter.status.settled).to.equal(false);
    delete control.failure;
    await clock.advance(2_000);
    expect(reporter.status.settled).to.equal(true);
    expect(calls.at(-1)).to.equal('register 1');
  });

  it('waits for the registry to be usable, without trying', async () => {
    const { clock, calls, control, reporter } = setUp();
    await settle();
    control.usable = false;
    reporter.up(registration(1));
    await clock.advance(30_000);
    expect(calls).to.deep.equal(['prepare']);
    control.usable = true;
    control.disturb();
    await settle();
    expect(calls).to.deep.equal(['prepare', 'register 1']);
  });

  it('looks at the registry at least once a minute', async () => {
    const { clock, calls, reporter } = setUp();
    reporter.up(registration(1));
    await clock.advance(120_000);
    expect(calls).to.deep.equal(['register 1', 'register 1', 'register 1']);
  });

  it('deregisters when it is stopped', async () => {
    const { calls, reporter } = setUp();
    reporter.up(registration(1));
    await settle();
    await reporter.stop('stopped', 3_000);
    expect(calls).to.deep.equal(['register 1', 'deregister 1 stopped', 'close']);
  });

  it('gives the reason for which the instance went down first', async () => {
    const { calls, control, reporter } = setUp();
    reporter.up(registration(1));
    await settle();
    control.usable = false;
    reporter.down('failing');
    const stopped = reporter.stop('stopped', 3_000);
    control.usable = true;
    control.disturb();
    await stopped;
    expect(calls).to.deep.equal(['register 1', 'deregister 1 failing', 'close']);
  });

  it('leaves the registration to whoever comes next', async () => {
    const { calls, reporter } = setUp();
    reporter.up(registration(1));
    await settle();
    await reporter.leave();
    expect(calls).to.deep.equal(['register 1', 'close']);
  });

  it('stops at its deadline when the registry cannot be reached', async () => {
    const { clock, calls, control, reporter } = setUp();
    reporter.up(registration(1));
    await settle();
    control.usable = false;
    const stopped = reporter.stop('stopped', 3_000);
    await clock.advance(3_000);
    await stopped;
    expect(calls).to.deep.equal(['register 1', 'close']);
  });
});
