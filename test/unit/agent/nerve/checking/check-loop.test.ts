import { expect } from 'chai';
import type { Turnstile } from '../../../../../agent/lib/turnstile.ts';
import { startCheckLoop } from '../../../../../agent/nerve/checking/check-loop.ts';
import { type CheckResult, failed, passed } from '../../../../../agent/nerve/checks/check.ts';
import type { CheckDefinition } from '../../../../../agent/nerve/checks/definition.ts';
import { createFakeClock, settle } from '../../../../support/fake-clock.ts';
import { createFakePort } from '../../../../support/fake-dial.ts';

describe('startCheckLoop', () => {
  const check = (
    name: string,
    changes: { rise?: number; fall?: number } = {},
  ): CheckDefinition => ({
    type: 'tcp',
    name,
    host: '127.0.0.1',
    port: 1,
    timeoutMs: 100,
    rise: 1,
    fall: 1,
    ...changes,
  });
  interface Circumstances {
    /** Used up from the front; then 0. */
    readonly randoms?: readonly number[];
    readonly mocked?: boolean;
    readonly crashWatch?: boolean;
    readonly wasUp?: boolean;
    readonly turnstile?: Turnstile;
  }
  const setUp = (
    checks: readonly CheckDefinition[],
    answer: (name: string, round: number) => Promise<CheckResult>,
    { randoms = [], mocked = false, crashWatch = false, ...more }: Circumstances = {},
  ) => {
    const fake = createFakeClock();
    let suspendedMs = 0;
    const clock = { ...fake, now: () => fake.now() + suspendedMs };
    /** The machine sleeps: nobody is woken, and the time is another. */
    const suspend = (ms: number): void => {
      suspendedMs += ms;
    };
    const port = createFakePort();
    const heard: string[] = [];
    const startedMs: number[] = [];
    const results: string[] = [];
    const rounds = new Map<string, number>();
    const rest = [...randoms];
    const loop = startCheckLoop({
      plan: {
        checks,
        intervalMs: 1_000,
        fastIntervalMs: 50,
        mocked,
        crashWatch,
        host: '127.0.0.1',
        port: 1,
      },
      ...more,
      clock,
      dial: port.dial,
      random: () => rest.shift() ?? 0,
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
      onResult: (name, one, elapsedMs) => results.push(`${name} ${one} ${elapsedMs}`),
    });
    return { clock, suspend, port, heard, startedMs, results, loop };
  };
  const passes = async (): Promise<CheckResult> => passed;
  const never = (): Promise<never> => new Promise(() => undefined);

  it('checks at once, and then one interval after the start of the check before', async () => {
    const { clock, startedMs, loop } = setUp([check('a')], passes);
    await clock.advance(3_000);
    expect(startedMs).to.deep.equal([0, 1_000, 2_000, 3_000]);
    await loop.stop();
  });

  it('spreads the second round over the interval, and keeps to that but for some jitter', async () => {
    const { clock, startedMs } = setUp([check('a')], passes, { randoms: [0.75, 0.5, 0.99] });
    await clock.advance(2_099);
    expect(startedMs).to.deep.equal([0, 250, 1_200]);
    await clock.advance(2);
    expect(startedMs).to.deep.equal([0, 250, 1_200, 2_101]);
  });

  it('is fast while results contradict the health: fall takes no intervals', async () => {
    const { clock, heard, startedMs } = setUp(
      [check('a', { rise: 2, fall: 3 })],
      async (_, round) => (round === 1 || round > 4 ? passed : failed('no')),
    );
    await clock.advance(2_150);
    expect(startedMs).to.deep.equal([0, 1_000, 1_050, 1_100, 2_100, 2_150]);
    expect(heard).to.deep.equal(['up', 'up a: no', 'up a: no', 'down a: no', 'down', 'up']);
  });

  it('takes no longer than fall × interval + time-out, whatever hangs', async () => {
    const { clock, heard, startedMs } = setUp([check('a', { fall: 2 })], (_, round) =>
      round === 1 ? passes() : never(),
    );
    await clock.advance(1_200);
    expect(startedMs).to.deep.equal([0, 1_000, 1_100]);
    expect(heard).to.deep.equal([
      'up',
      'up a: no answer within 100 ms',
      'down a: no answer within 100 ms',
    ]);
  });

  it('leaves what was up before a restart undecided until it fails `fall` times', async () => {
    const { clock, heard, startedMs } = setUp([check('a', { fall: 3 })], async () => failed('no'), {
      wasUp: true,
    });
    await clock.advance(99);
    expect([heard, startedMs]).to.deep.equal([[], [0, 50]]);
    await clock.advance(1);
    expect(heard).to.deep.equal(['down a: no']);
  });

  it('makes one round, not thousands, after the machine was suspended', async () => {
    const { clock, suspend, startedMs } = setUp([check('a')], passes);
    await clock.advance(1_500);
    suspend(3_600_000);
    await clock.advance(1_500);
    expect(startedMs).to.deep.equal([0, 1_000, 3_602_000, 3_603_000]);
  });

  it('counts the time-out from when its turn has come', async () => {
    const gate = Promise.withResolvers<void>();
    const { clock, results, startedMs, heard } = setUp([check('a')], passes, {
      turnstile: { pass: () => gate.promise },
    });
    await clock.advance(5_000);
    expect([startedMs, heard]).to.deep.equal([[], []]);
    gate.resolve();
    await settle();
    expect([results, heard]).to.deep.equal([['a true 0'], ['up']]);
  });

  it('tells each result and how long it took', async () => {
    const { clock, results } = setUp([check('a'), check('b')], (name) =>
      name === 'a' ? passes() : never(),
    );
    await clock.advance(100);
    expect(results).to.deep.equal(['a true 0', 'b false 100']);
  });

  describe('triggered', () => {
    it('checks at once, and again one interval later', async () => {
      const { clock, startedMs, loop } = setUp([check('a')], passes);
      await clock.advance(300);
      loop.trigger();
      await clock.advance(1_000);
      expect(startedMs).to.deep.equal([0, 300, 1_300]);
    });

    it('during a round makes one more right after it, however often', async () => {
      const { clock, startedMs, loop } = setUp([check('a')], (_, round) =>
        round === 1 ? never() : passes(),
      );
      await clock.advance(50);
      for (let times = 0; times < 3; times += 1) loop.trigger();
      await clock.advance(1_000);
      expect(startedMs).to.deep.equal([0, 100]);
    });

    it('makes one round in 10 ms at most', async () => {
      const { clock, startedMs, loop } = setUp([check('a')], passes);
      await clock.advance(300);
      for (let ms = 0; ms < 25; ms += 1) {
        loop.trigger();
        await clock.advance(1);
      }
      await clock.advance(500);
      expect(startedMs).to.deep.equal([0, 300, 310, 320, 330]);
    });

    it('leaves the decision to rise and fall, at the fast pace', async () => {
      const { clock, heard, startedMs, loop } = setUp(
        [check('a', { fall: 2 })],
        async (_, round) => (round === 1 ? passed : failed('no')),
      );
      await clock.advance(300);
      loop.trigger();
      await clock.advance(50);
      expect(startedMs).to.deep.equal([0, 300, 350]);
      expect(heard).to.deep.equal(['up', 'up a: no', 'down a: no']);
    });
  });

  describe('early signs', () => {
    it('checks as soon as the port of what is down opens, and then leaves it alone', async () => {
      const { clock, port, heard, startedMs } = setUp([check('a')], async (_, round) =>
        round === 1 ? failed('refused') : passed,
      );
      await clock.advance(250);
      port.state = 'open';
      await clock.advance(1_000);
      expect(startedMs).to.deep.equal([0, 300]);
      expect(heard).to.deep.equal(['down a: refused', 'up']);
      expect(port.dialled).to.equal(3);
    });

    it('leaves a port that is open to the interval', async () => {
      const { clock, port, startedMs } = setUp([check('a')], async () => failed('status 500'));
      port.state = 'open';
      await clock.advance(3_100);
      expect(startedMs).to.deep.equal([0, 100, 1_100, 2_100, 3_100]);
    });

    it('checks when the connection that it holds ends, and holds another once it passes', async () => {
      const { clock, port, startedMs, loop } = setUp([check('a')], passes, { crashWatch: true });
      port.state = 'open';
      await clock.advance(1_400);
      expect([port.dialled, port.live]).to.deep.equal([1, 1]);
      port.cut();
      await clock.advance(0);
      expect(startedMs).to.deep.equal([0, 1_000, 1_400]);
      expect([port.dialled, port.live]).to.deep.equal([2, 1]);
      await loop.stop();
      expect(port.live).to.equal(0);
    });

    it('holds no connection without being asked to', async () => {
      const { clock, port } = setUp([check('a')], passes);
      await clock.advance(2_000);
      expect(port.dialled).to.equal(0);
    });
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
