import { expect } from 'chai';
import { decide, type Situation } from '../../../../../agent/nerve/lifecycle/decide.ts';

const registration = { host: '10.0.0.5', port: 80, name: 'node_1', weight: 100 };
const nowMs = 1_700_000_000_000;

const judge = (changes: Partial<Situation> = {}) =>
  decide({
    definition: { registration, warmUpMs: undefined },
    health: 'up',
    overrides: {},
    hostDrained: undefined,
    upForMs: Number.POSITIVE_INFINITY,
    nowMs,
    ...changes,
  });
const up = (changes: object = {}) => ({
  outcome: 'up',
  registration: { ...registration, ...changes },
});

describe('decide', () => {
  it('follows the checks where nobody says otherwise', () => {
    expect(judge()).to.deep.equal({ decision: up(), againInMs: undefined });
    expect(judge({ health: undefined }).decision).to.deep.equal({ outcome: 'undecided' });
    expect(judge({ health: 'down' }).decision).to.deep.equal({
      outcome: 'down',
      reason: 'failing',
      failing: true,
      why: 'its checks fail',
    });
  });

  for (const [title, changes, reason, why] of [
    ['a drain', { overrides: { drained: { reason: 'disk' } } }, 'drained', 'drained: disk'],
    ['a host drain', { hostDrained: { reason: 'kernel' } }, 'drained', 'host drained: kernel'],
    [
      'what the service says of itself',
      { overrides: { unhealthy: { reason: 'cache cold' } } },
      'failing',
      'said to be unhealthy: cache cold',
    ],
  ] as const) {
    it(`lets ${title} win over checks, passed or not yet`, () => {
      const withheld = { outcome: 'down', reason, failing: reason === 'failing', why };
      expect(judge(changes).decision).to.deep.equal(withheld);
      expect(judge({ ...changes, health: undefined }).decision).to.deep.equal(withheld);
    });
  }

  it('says of what is withheld whether it is well', () => {
    const drained = { reason: 'disk' };
    const unhealthy = { reason: 'cache cold' };
    const withheld = { outcome: 'down', reason: 'drained', why: 'drained: disk' };
    const failing = { ...withheld, failing: true };
    expect(judge({ overrides: { drained }, health: 'down' }).decision).to.deep.equal(failing);
    expect(judge({ overrides: { drained, unhealthy } }).decision).to.deep.equal(failing);
  });

  it('ends a drain when its time is over, and says when to look again', () => {
    const drained = { reason: 'disk', untilMs: nowMs + 5_000 };
    expect(judge({ overrides: { drained } }).againInMs).to.equal(5_000);
    expect(judge({ overrides: { drained }, nowMs: nowMs + 5_000 })).to.deep.equal({
      decision: up(),
      againInMs: undefined,
    });
  });

  it('takes a weight in place of the configured one', () => {
    expect(judge({ overrides: { weight: 7 } }).decision).to.deep.equal(up({ weight: 7 }));
    expect(judge({ overrides: { weight: 0 } }).decision).to.deep.equal(up({ weight: 0 }));
  });

  it('takes a downtime from its announcement over the drain to the end', () => {
    const downtime = {
      reason: 'reboot',
      startsAtMs: nowMs + 60_000,
      drainMs: 10_000,
      untilMs: nowMs + 90_000,
    };
    const at = (ms: number) => judge({ overrides: { downtime }, nowMs: nowMs + ms });
    const downtime_at = (nowMs + 60_000) / 1_000;
    expect(at(0)).to.deep.equal({ decision: up({ downtime_at }), againInMs: 50_000 });
    expect(at(50_000)).to.deep.equal({
      decision: up({ weight: 0, draining: true, downtime_at }),
      againInMs: 10_000,
    });
    expect(at(60_000)).to.deep.equal({
      decision: { outcome: 'down', reason: 'drained', failing: false, why: 'downtime: reboot' },
      againInMs: 30_000,
    });
    expect(at(90_000)).to.deep.equal({ decision: up(), againInMs: undefined });
  });

  it('raises the weight in ten steps while an instance warms up', () => {
    const definition = { registration, warmUpMs: 20_000 };
    const weightAt = (upForMs: number) => {
      const { decision, againInMs } = judge({ definition, upForMs });
      return [decision.outcome === 'up' && decision.registration.weight, againInMs];
    };
    expect(weightAt(0)).to.deep.equal([10, 2_000]);
    expect(weightAt(1_999)).to.deep.equal([10, 1]);
    expect(weightAt(2_000)).to.deep.equal([20, 2_000]);
    expect(weightAt(19_000)).to.deep.equal([100, 1_000]);
    expect(weightAt(20_000)).to.deep.equal([100, undefined]);
  });

  it('never warms up from nothing', () => {
    const light = { ...registration, weight: 2 };
    const { decision } = judge({
      definition: { registration: light, warmUpMs: 10_000 },
      upForMs: 0,
    });
    expect(decision).to.deep.include({ registration: { ...light, weight: 1 } });
  });
});
