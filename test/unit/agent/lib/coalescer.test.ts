import { expect } from 'chai';
import { Coalescer } from '../../../../agent/lib/coalescer.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';

describe('Coalescer', () => {
  let clock: FakeClock;
  let coalescer: Coalescer;
  let stop: AbortController;
  let turns: string[];

  beforeEach(() => {
    clock = createFakeClock();
    coalescer = new Coalescer({ clock, quietMs: 10, maxDelayMs: 30 });
    stop = new AbortController();
    turns = [];
    const run = async (): Promise<void> => {
      for (;;) {
        const turn = await coalescer.nextTurn(stop.signal, 1_000);
        turns.push(`${turn} at ${clock.now()}`);
      }
    };
    run().catch(() => turns.push('ended'));
  });

  afterEach(() => stop.abort());

  async function requestAt(...timesMs: readonly number[]): Promise<void> {
    for (const timeMs of timesMs) {
      await clock.advance(timeMs - clock.now());
      coalescer.request();
    }
    await clock.advance(0);
  }

  it('gives an isolated request its turn at once', async () => {
    await requestAt(100);
    expect(turns).to.deep.equal(['requested at 100']);
  });

  it('lets an isolated request wait for more where there is no hurry', async () => {
    const patient = new Coalescer({ clock, quietMs: 10, maxDelayMs: 30, isPatient: true });
    patient.request();
    const turn = patient.nextTurn(stop.signal, 1_000).then(() => turns.push(`at ${clock.now()}`));
    await clock.advance(50);
    await turn;
    expect(turns).to.deep.equal(['at 10']);
  });

  it('gives a burst one more turn when it is over', async () => {
    await requestAt(100, 103, 106);
    await clock.advance(100);
    expect(turns).to.deep.equal(['requested at 100', 'requested at 116']);
  });

  it('does not let a burst without end wait longer than the maximum', async () => {
    await requestAt(...Array.from({ length: 20 }, (_, index) => 100 + 5 * index));
    await clock.advance(100);
    expect(turns).to.deep.equal([
      'requested at 100',
      'requested at 135',
      'requested at 165',
      'requested at 195',
      'requested at 205',
    ]);
  });

  it('speaks up when nothing was requested for long', async () => {
    await clock.advance(2_500);
    expect(turns).to.deep.equal(['idle at 1000', 'idle at 2000']);
  });

  it('ends with its signal', async () => {
    stop.abort();
    await clock.advance(0);
    expect(turns).to.deep.equal(['ended']);
  });
});
