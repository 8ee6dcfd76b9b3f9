import { expect } from 'chai';
import { startCheckLoop } from '../../../../../agent/nerve/checking/check-loop.ts';
import { type CheckResult, failed, passed } from '../../../../../agent/nerve/checks/check.ts';
import type { CheckDefinition } from '../../../../../agent/nerve/checks/definition.ts';
import { createFakeClock, settle } from '../../../../support/fake-clock.ts';

describe('startCheckLoop', () => {
  const check = (name: string, changes: { readonly fall?: number } = {}): CheckDefinition => ({
    type: 'tcp',
    name,
    host: '127.0.0.1',
    port: 1,
    timeoutMs: 100,
    rise: 1,
    fall: 1,
    ...changes,
  });
  const setUp = (
    checks: readonly CheckDefinition[],
    answer: (name: string, round: number) => Promise<CheckResult>,
    { random = 0, mocked = false } = {},
  ) => {
    const clock = createFakeClock();
    const heard: string[] = [];
    const startedMs: number[] = [];
    const rounds = new Map<string, number>();
    const loop = startCheckLoop({
      plan: {
        checks,
        intervalMs: 1_000,
        fastIntervalMs: 100,
        mocked,
        crashWatch: false,
        host: '127.0.0.1',
        port: 1,
      },
      clock,
      random: () => random,
      runCheck: ({ name }) => {
        const round = (rounds.get(name) ?? 0) + 1;
        rounds.set(name, round);
        startedMs.push(clock.now());
        return answer(name, round);
      },
      onHealth: (health, failures) =>
        heard.push(
          [health, ...failures.map(({ check: one, reason }) => `${one}: ${reason}`)].join(' '),
        ),
    });
    return { clock, heard, startedMs, loop };
  };
  const never = (): Promise<never> => new Promise(() => undefined);

  it('checks at once, and then one interval after the start of the check before', async () => {
    const { clock, startedMs, loop } = setUp([check('a')], async () => passed);
    await clock.advance(3_000);
    expect(startedMs).to.deep.equal([0, 1_000, 2_000, 3_000]);
    await loop.stop();
  });

  it('shortens the interval by up to a tenth, so that checks spread out', async () => {
    const { clock, startedMs } = setUp([check('a')], async () => passed, { random: 1 });
    await clock.advance(1_800);
    expect(startedMs).to.deep.equal([0, 900, 1_800]);
  });

  it('counts the time-out into the interval: fall × interval + time-out is the limit', async () => {
    const { clock, heard, startedMs } = setUp([check('a', { fall: 2 })], (_, round) =>
      round === 1 ? Promise.resolve(passed) : never(),
    );
    await clock.advance(2_100);
    expect(startedMs).to.deep.equal([0, 1_000, 2_000]);
    expect(heard).to.deep.equal([
      'up',
      'up a: no answer within 100 ms',
      'down a: no answer within 100 ms',
    ]);
  });

  it('is up when all checks are, and down as soon as one is', async () => {
    const { heard } = setUp([check('a'), check('b')], (name) =>
      name === 'a' ? Promise.resolve(failed('refused')) : never(),
    );
    await settle();
    expect(heard).to.deep.equal(['down a: refused']);
  });

  it('is undecided until every check has a result', async () => {
    const { heard, loop } = setUp([check('a'), check('b')], (name) =>
      name === 'a' ? Promise.resolve(passed) : never(),
    );
    await settle();
    expect(heard).to.deep.equal([]);
    expect(loop.checks.map(({ health }) => health)).to.deep.equal(['up', undefined]);
  });

  it('takes whatever a check throws for a failure', async () => {
    const { heard } = setUp([check('a')], () => Promise.reject(new Error('ECONNREFUSED')));
    await settle();
    expect(heard).to.deep.equal(['down a: ECONNREFUSED']);
  });

  it('is up without checks, or when they are mocked', async () => {
    for (const [checks, mocked] of [
      [[], false],
      [[check('a')], true],
    ] as const) {
      const { heard, startedMs } = setUp(checks, never, { mocked });
      await settle();
      expect([heard, startedMs]).to.deep.equal([['up'], []]);
    }
  });

  it('stops in the middle of a check', async () => {
    const { clock, heard, startedMs, loop } = setUp([check('a')], never);
    await settle();
    await loop.stop();
    await clock.advance(5_000);
    expect([heard, startedMs]).to.deep.equal([[], [0]]);
  });
});
