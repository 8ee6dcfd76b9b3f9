import { expect } from 'chai';
import fc from 'fast-check';
import { createCompany } from '../../../../../agent/nerve/checking/company.ts';
import { createPace } from '../../../../../agent/nerve/checking/pace.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';

describe('createCompany', () => {
  /** Start times of each service's rounds over `rounds` seconds, first phases given. */
  const run = async (phases: readonly number[], rounds: number) => {
    const clock = createFakeClock();
    // Lehmer's generator: the same numbers in each run.
    let seed = 1;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const company = createCompany({ clock, random });
    const starts = phases.map((): number[] => []);
    const paces = phases.map((_, index) => {
      const randoms = [1 - (phases[index] ?? 0)];
      return createPace({
        intervalMs: 1_000,
        fastIntervalMs: 100,
        random: () => randoms.shift() ?? 0,
        company,
      });
    });
    const due = paces.map((pace) => pace.next(0, false));
    for (let nowMs = 0; nowMs < rounds * 1_000; ) {
      const [first = 0] = [...due].sort((a, b) => a - b);
      await clock.advance(Math.max(0, first - nowMs));
      nowMs = first;
      for (const [index, atMs] of due.entries()) {
        if (atMs > first) continue;
        starts[index]?.push(first);
        due[index] = paces[index]?.next(first, false) ?? 0;
      }
    }
    return starts;
  };

  it('brings a few services together, and keeps them so', async () => {
    const starts = await run([0.1, 0.3, 0.5, 0.7, 0.9], 60);
    const wakeUps = new Set(starts.flat().filter((time) => time > 50_000));
    expect(starts.flat().filter((time) => time > 50_000)).to.have.length.above(49);
    expect(wakeUps.size).to.be.below(15);
  });

  it('lets no more than ten start at once', async () => {
    const starts = await run(
      Array.from({ length: 35 }, (_, index) => index / 35),
      30,
    );
    const together = Map.groupBy(starts.flat(), (time) => time);
    expect(Math.max(...[...together.values()].map(({ length }) => length))).to.equal(10);
  });

  it('never makes an interval longer, nor shorter by more than a tenth', async () => {
    const phase = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(phase, { minLength: 1, maxLength: 30 }), async (phases) => {
        for (const times of await run(phases, 5)) {
          const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
          for (const gap of gaps) expect(gap).to.be.within(899.999, 1_000.001);
        }
      }),
      { numRuns: 20 },
    );
  });
});
