import { expect } from 'chai';
import { createCrashWatch } from '../../../../../agent/nerve/checking/crash-watch.ts';
import { createFakeClock, settle } from '../../../../support/fake-clock.ts';
import { createFakePort } from '../../../../support/fake-dial.ts';

describe('createCrashWatch', () => {
  const setUp = () => {
    const clock = createFakeClock();
    const port = createFakePort();
    port.state = 'open';
    const told: string[] = [];
    const watch = createCrashWatch({
      address: { host: '127.0.0.1', port: 1 },
      dial: port.dial,
      clock,
      onEnd: () => told.push(`end ${clock.now()}`),
      onUnkept: () => told.push(`unkept ${clock.now()}`),
    });
    const passes = (): void => watch.observe({ up: true, passing: true });
    /** The server ends the connection after `ms`. */
    const endAfter = async (ms: number): Promise<void> => {
      await clock.advance(ms);
      port.cut();
      await settle();
    };
    return { clock, port, told, watch, passes, endAfter };
  };

  it('holds one connection, and tells when it ends', async () => {
    const { port, told, passes, endAfter } = setUp();
    passes();
    passes();
    expect([port.dialled, port.live]).to.deep.equal([1, 1]);
    await endAfter(9_000);
    expect(told).to.deep.equal(['end 9000']);
    expect(port.dialled).to.equal(1);
    passes();
    expect(port.live).to.equal(1);
  });

  it('takes a refused connection for an end', async () => {
    const { port, told, passes } = setUp();
    port.state = 'closed';
    passes();
    await settle();
    expect(told).to.deep.equal(['end 0']);
  });

  it('connects only to what passes, and keeps the connection until it is down', async () => {
    const { port, told, watch, passes } = setUp();
    watch.observe({ up: true, passing: false });
    expect(port.dialled).to.equal(0);
    passes();
    watch.observe({ up: true, passing: false });
    expect(port.live).to.equal(1);
    watch.observe({ up: false, passing: false });
    await settle();
    expect([port.live, told]).to.deep.equal([0, []]);
  });

  it('is silent about what it closes itself', async () => {
    const { port, told, watch, passes } = setUp();
    passes();
    watch.stop();
    await settle();
    expect([port.live, told]).to.deep.equal([0, []]);
  });

  it('pauses where idle connections are not kept, and says so once', async () => {
    const { clock, port, told, passes, endAfter } = setUp();
    for (let turn = 0; turn < 3; turn += 1) {
      passes();
      await endAfter(10);
    }
    expect(told).to.deep.equal(['end 10', 'end 20', 'unkept 30', 'end 30']);
    await clock.advance(29_999);
    passes();
    expect(port.dialled).to.equal(3);
    await clock.advance(1);
    passes();
    await endAfter(10);
    passes();
    expect(port.dialled).to.equal(4);
    expect(told.slice(4)).to.deep.equal(['end 30040']);
  });

  it('goes on without a pause where they live for some time, or where the checks fail', async () => {
    const { port, watch, passes, endAfter } = setUp();
    for (let turn = 0; turn < 5; turn += 1) {
      passes();
      await endAfter(5_000);
    }
    for (let turn = 0; turn < 5; turn += 1) {
      passes();
      await endAfter(10);
      watch.observe({ up: true, passing: false });
    }
    expect(port.dialled).to.equal(10);
  });
});
