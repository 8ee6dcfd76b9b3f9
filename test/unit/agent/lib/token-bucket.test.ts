import { expect } from 'chai';
import fc from 'fast-check';
import { createTokenBucket } from '../../../../agent/lib/token-bucket.ts';

describe('createTokenBucket', () => {
  const setUp = (averageRate: number, maxBurst: number) => {
    let nowMs = 5_000;
    const bucket = createTokenBucket({ averageRate, maxBurst, clock: { now: () => nowMs } });
    return {
      bucket,
      now: () => nowMs,
      pass: (ms: number) => {
        nowMs += ms;
      },
      /** How many tokens there are right now. */
      drain: () => {
        let taken = 0;
        while (taken < 1_000 && bucket.take()) taken += 1;
        return taken;
      },
    };
  };

  it("starts with one second's worth, as the original, but never above the burst", () => {
    expect(setUp(5, 10).drain()).to.equal(5);
    expect(setUp(5, 2).drain()).to.equal(2);
    expect(setUp(0.5, 10).drain()).to.equal(0);
  });

  it('refills at the rate, up to the burst', () => {
    const { pass, drain } = setUp(5, 10);
    drain();
    pass(199);
    expect(drain()).to.equal(0);
    pass(1);
    expect(drain()).to.equal(1);
    pass(1_000);
    expect(drain()).to.equal(5);
    pass(60_000);
    expect(drain()).to.equal(10);
  });

  it('says how long until the next', () => {
    const { bucket, pass, drain } = setUp(4, 10);
    expect(bucket.msUntilNext()).to.equal(0);
    drain();
    expect(bucket.msUntilNext()).to.equal(250);
    pass(100);
    expect(bucket.msUntilNext()).to.equal(150);
  });

  it('never has one at a rate of 0, and always at an infinite one', () => {
    const none = setUp(0, 10);
    none.pass(1e9);
    expect([none.drain(), none.bucket.msUntilNext()]).to.deep.equal([0, Infinity]);
    const always = setUp(Infinity, 1);
    expect([always.drain(), always.bucket.msUntilNext()]).to.deep.equal([1_000, 0]);
    expect(setUp(3, Infinity).drain()).to.equal(3);
  });

  const rates = fc.double({ min: 0.01, max: 500, noNaN: true });
  const bursts = fc.integer({ min: 1, max: 50 });
  /** Pauses between attempts to take a token. */
  const pauses = fc.array(
    fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3_000, noNaN: true })),
    {
      maxLength: 150,
    },
  );

  it('gives no more than burst + rate × time in any window', () => {
    fc.assert(
      fc.property(rates, bursts, pauses, (rate, burst, waits) => {
        const { bucket, now, pass } = setUp(rate, burst);
        const takenMs: number[] = [];
        for (const ms of waits) {
          pass(ms);
          if (bucket.take()) takenMs.push(now());
        }
        for (const [first, startMs] of takenMs.entries()) {
          for (const [count, endMs] of takenMs.slice(first).entries()) {
            const allowed = burst + (rate * (endMs - startMs)) / 1_000;
            expect(count + 1).to.be.at.most(allowed + 1e-6);
          }
        }
      }),
    );
  });

  it('starves nobody who waits as long as it says', () => {
    fc.assert(
      fc.property(rates, bursts, pauses, (rate, burst, waits) => {
        const { bucket, now, pass } = setUp(rate, burst);
        for (const ms of waits) {
          pass(ms);
          bucket.take();
        }
        const startMs = now();
        // Rounding may leave a last millisecond to wait.
        for (let tries = 0; tries < 2; tries += 1) pass(bucket.msUntilNext());
        expect(now() - startMs).to.be.at.most(1_000 / rate + 2);
        expect(bucket.take()).to.equal(true);
      }),
    );
  });
});
