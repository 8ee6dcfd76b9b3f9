import { expect } from 'chai';
import type { CheckPlan } from '../../../../../agent/nerve/checking/check-plan.ts';
import {
  addressToProbe,
  createConnectProbe,
} from '../../../../../agent/nerve/checking/connect-probe.ts';
import type { CheckDefinition } from '../../../../../agent/nerve/checks/definition.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';
import { createFakePort } from '../../../../support/fake-dial.ts';

describe('createConnectProbe', () => {
  const setUp = (random = 0) => {
    const clock = createFakeClock();
    const port = createFakePort();
    const openedMs: number[] = [];
    const probe = createConnectProbe({
      address: { host: '127.0.0.1', port: 1 },
      intervalMs: 1_000,
      dial: port.dial,
      clock,
      random: () => random,
      onOpen: () => openedMs.push(clock.now()),
    });
    return { clock, port, openedMs, probe };
  };

  it('looks ten times a second, and somewhat more often for jitter', async () => {
    for (const [random, dialled] of [
      [0, 10],
      [0.5, 11],
    ] as const) {
      const { clock, port, probe } = setUp(random);
      probe.start();
      probe.start();
      await clock.advance(1_000);
      expect(port.dialled).to.equal(dialled);
    }
  });

  it('tells when the port opens, once for as long as it stays open', async () => {
    const { clock, port, openedMs, probe } = setUp();
    probe.start();
    await clock.advance(250);
    port.state = 'open';
    await clock.advance(10_000);
    expect(openedMs).to.deep.equal([300]);
    port.state = 'closed';
    await clock.advance(1_000);
    port.state = 'open';
    await clock.advance(100);
    expect(openedMs).to.have.length(2);
    expect(port.live).to.equal(0);
  });

  it('looks ever more rarely while it is open, down to once an interval', async () => {
    const { clock, port, probe } = setUp();
    port.state = 'open';
    probe.start();
    await clock.advance(100 + 200 + 400 + 800);
    expect(port.dialled).to.equal(4);
    await clock.advance(5_000);
    expect(port.dialled).to.equal(9);
  });

  it('takes a port that does not answer for closed', async () => {
    const { clock, port, openedMs, probe } = setUp();
    port.state = 'silent';
    probe.start();
    await clock.advance(950);
    expect([port.live, openedMs]).to.deep.equal([1, []]);
    port.state = 'open';
    await clock.advance(200);
    expect(openedMs).to.have.length(1);
  });

  it('stops in the middle of a probe, and starts anew', async () => {
    const { clock, port, openedMs, probe } = setUp();
    port.state = 'silent';
    probe.start();
    await clock.advance(150);
    probe.stop();
    port.state = 'open';
    await clock.advance(1_000);
    expect([port.dialled, port.live, openedMs, clock.nextWakeMs()]).to.deep.equal([
      1,
      0,
      [],
      undefined,
    ]);
    probe.start();
    await clock.advance(100);
    expect(openedMs).to.deep.equal([1_250]);
  });
});

describe('addressToProbe', () => {
  const common = { name: 'x', timeoutMs: 100, rise: 1, fall: 1 };
  const tcp = (host: string, port: number): CheckDefinition => ({
    type: 'tcp',
    ...common,
    host,
    port,
  });
  const noop: CheckDefinition = { type: 'noop', ...common, host: 'here', port: 80 };
  const probed = (checks: readonly CheckDefinition[], changes: Partial<CheckPlan> = {}) =>
    addressToProbe({
      checks,
      intervalMs: 500,
      fastIntervalMs: 100,
      mocked: false,
      crashWatch: false,
      host: 'here',
      port: 80,
      ...changes,
    });

  it('is where the checks look', () => {
    expect(probed([tcp('here', 80)])).to.deep.equal({ host: 'here', port: 80 });
    expect(probed([tcp('there', 81), noop, tcp('there', 81)])).to.deep.equal({
      host: 'there',
      port: 81,
    });
  });

  it('is the instance itself where they look at several places', () => {
    expect(probed([tcp('there', 81), tcp('there', 82)])).to.deep.equal({ host: 'here', port: 80 });
  });

  it('is none where no check connects, or the checks themselves are as fast', () => {
    expect(probed([noop])).to.equal(undefined);
    expect(probed([tcp('here', 80)], { intervalMs: 100 })).to.equal(undefined);
  });
});
