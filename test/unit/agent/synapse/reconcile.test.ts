import { expect } from 'chai';
import type { PublishOutcome } from '../../../../agent/synapse/haproxy/file-keeper.ts';
import { idle, type ScopedResult } from '../../../../agent/synapse/haproxy/pass-result.ts';
import { type PassReport, Reconciler } from '../../../../agent/synapse/reconcile.ts';
import { nothing, type Scope } from '../../../../agent/synapse/scope.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

const passMs = 100;
const web = new Set(['web']);
const shop = new Set(['shop']);

describe('Reconciler', () => {
  let clock: FakeClock;
  let reconciler: Reconciler;
  let scopes: Scope[];
  let reports: PassReport[];
  /** What each pass does while it runs, and what it says of itself at its end. */
  let during: () => void;
  let againInMs: number | undefined;
  let fileIsBehind: boolean;
  let follow: () => Promise<PublishOutcome>;
  let stop: AbortController;
  let running: Promise<void>;

  const pass = async (_: unknown, scope: Scope): Promise<ScopedResult> => {
    scopes.push(scope);
    during();
    await clock.sleep(passMs, stop.signal);
    return { ...idle, againInMs, fileIsBehind, scope };
  };

  beforeEach(async () => {
    clock = createFakeClock();
    scopes = [];
    reports = [];
    during = () => undefined;
    againInMs = undefined;
    fileIsBehind = false;
    follow = async () => 'unchanged';
    stop = new AbortController();
    reconciler = new Reconciler({
      clock,
      random: () => 0.5,
      logger: createRecordingLogger(),
      proxy: () => ({ pass, followWithFile: () => follow() }),
      instances: () => new Map(),
      onPass: (report) => reports.push(report),
    });
    running = reconciler.run(stop.signal);
    // The first look is one at everything.
    await clock.advance(passMs);
    scopes = [];
    reports = [];
  });

  afterEach(async () => {
    stop.abort(new Error('the test is over'));
    await running;
  });

  /** The next pass does not finish: something newer comes. */
  const overtakenBy = (scope: Scope): void => {
    againInMs = 0;
    during = () => {
      during = () => {
        againInMs = undefined;
      };
      reconciler.request(scope);
    };
  };

  it('looks at what a pass left undone together with what overtook it', async () => {
    overtakenBy(shop);
    reconciler.request(web);
    await clock.advance(3 * passMs);
    expect(scopes).to.deep.equal([web, new Set(['shop', 'web'])]);
  });

  it('knows that a pass is overtaken until the next one begins', async () => {
    reconciler.request(web);
    await clock.advance(passMs / 2);
    expect(reconciler.isOvertaken()).to.equal(false);
    reconciler.request(shop);
    expect(reconciler.isOvertaken()).to.equal(true);
    await clock.advance(passMs);
    expect(reconciler.isOvertaken()).to.equal(false);
  });

  it('has settled when all is done, not when a pass gave way', async () => {
    let isSettled = false;
    overtakenBy(nothing);
    reconciler.request(web);
    void reconciler.settled().then(() => {
      isSettled = true;
    });
    await clock.advance(passMs);
    expect(scopes).to.have.lengthOf(2);
    expect(isSettled).to.equal(false);
    await clock.advance(passMs);
    expect(isSettled).to.equal(true);
  });

  it('has settled when the file says so, too', async () => {
    const settled: string[] = [];
    const settle = (what: string): void => {
      void reconciler.settled().then(() => settled.push(what));
    };
    fileIsBehind = true;
    follow = async () => {
      await clock.sleep(50, stop.signal);
      return 'written';
    };
    settle('a change');
    await clock.advance(passMs);
    fileIsBehind = false;
    // What is under way may be of the same change.
    settle('one that is in effect already');
    await clock.advance(passMs + 40);
    expect(settled).to.deep.equal([]);
    await clock.advance(20);
    expect(settled).to.deep.equal(['a change', 'one that is in effect already']);
  });

  it('keeps nobody waiting for a file that cannot be written', async () => {
    let isSettled = false;
    fileIsBehind = true;
    follow = async () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
    };
    void reconciler.settled().then(() => {
      isSettled = true;
    });
    await clock.advance(2_100);
    expect(isSettled).to.equal(true);
  });

  it('tries a file again that HAProxy refused, ever more seldom', async () => {
    const outcomes: PublishOutcome[] = [];
    let outcome: PublishOutcome = 'refused';
    follow = async () => {
      outcomes.push(outcome);
      return outcome;
    };
    fileIsBehind = true;
    reconciler.request(web);
    await clock.advance(1_000);
    fileIsBehind = false;
    expect(outcomes).to.have.length(1);
    await clock.advance(2_000);
    expect(outcomes).to.have.length(2);
    await clock.advance(600_000);
    expect(outcomes.length).to.be.within(10, 20);
    outcome = 'written';
    await clock.advance(60_000);
    expect(outcomes.filter((one) => one === 'written')).to.have.length(1);
  });

  it('waits for a proxy that does not settle no longer than two seconds', async () => {
    let isSettled = false;
    againInMs = 0;
    void reconciler.settled().then(() => {
      isSettled = true;
    });
    await clock.advance(1_900);
    expect(isSettled).to.equal(false);
    await clock.advance(200);
    expect(isSettled).to.equal(true);
  });

  it('reports how long a change has waited over all passes that it took', async () => {
    overtakenBy(nothing);
    reconciler.request(web);
    await clock.advance(3 * passMs);
    expect(reports).to.deep.equal([
      { elapsedMs: passMs, sinceRequestMs: passMs },
      { elapsedMs: passMs, sinceRequestMs: 2 * passMs },
    ]);
  });
});
