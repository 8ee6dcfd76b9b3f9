import { expect } from 'chai';
import { ClockOffset } from '../../../integration/traffic/clock-offset.ts';
import type { Flow } from '../../../integration/traffic/record.ts';
import { toRecord } from '../../../integration/traffic/to-record.ts';

describe('ClockOffset', () => {
  it('is none before it knows anything', () => {
    expect(new ClockOffset().aheadMs).to.equal(0);
  });

  it('believes the echo that was back soonest', () => {
    const clock = new ClockOffset();
    clock.add({ sentMs: 0, theirsMs: 5_400, receivedMs: 600 });
    clock.add({ sentMs: 1_000, theirsMs: 6_010, receivedMs: 1_020 });
    clock.add({ sentMs: 2_000, theirsMs: 7_200, receivedMs: 2_300 });
    expect(clock.aheadMs).to.equal(5_000);
  });

  it('sees clocks that are behind', () => {
    const clock = new ClockOffset();
    clock.add({ sentMs: 10_000, theirsMs: 2_010, receivedMs: 10_020 });
    expect(clock.aheadMs).to.equal(-8_000);
  });

  it('takes what half the way could explain for no difference', () => {
    const clock = new ClockOffset();
    clock.add({ sentMs: 0, theirsMs: 19, receivedMs: 20 });
    expect(clock.aheadMs).to.equal(0);
  });

  it('forgets: clocks drift', () => {
    const clock = new ClockOffset();
    clock.add({ sentMs: 0, theirsMs: 1_000, receivedMs: 0 });
    for (let count = 0; count < 60; count += 1) {
      clock.add({ sentMs: 0, theirsMs: 2_001, receivedMs: 2 });
    }
    expect(clock.aheadMs).to.equal(2_000);
  });
});

describe('toRecord', () => {
  const flow: Flow = {
    ...{ host: 'one', service: 'service_a', kind: 'http-fresh', path: '/ping' },
    ...{ localPort: 3333, perSecond: 10, giveUpMs: 5_000 },
  };
  const wire = { flow: 0, dueMs: 6_000, startMs: 6_001, endMs: 6_020 };

  it('tells times by our clock, and lengths from when a request was due', () => {
    const answered = { ...wire, connectedMs: 6_002, instance: 'a_1', cause: '' };
    expect(toRecord(flow, answered, 5_000)).to.deep.equal({
      ...{ host: 'one', service: 'service_a', kind: 'http-fresh' },
      ...{ atMs: 1_000, startedAtMs: 1_001, latencyMs: 20, connectedAtMs: 1_002 },
      ...{ ok: true, instance: 'a_1' },
    });
  });

  it('gives a failure its cause', () => {
    const failed = { ...wire, connectedMs: undefined, instance: '', cause: 'refused' };
    expect(toRecord(flow, failed, -1_000)).to.deep.equal({
      ...{ host: 'one', service: 'service_a', kind: 'http-fresh' },
      ...{ atMs: 7_000, startedAtMs: 7_001, latencyMs: 20, ok: false, cause: 'refused' },
    });
  });
});
