import { expect } from 'chai';
import type { Decision } from '../../../../../agent/nerve/lifecycle/decide.ts';
import { Gate, type GateRules } from '../../../../../agent/nerve/lifecycle/gate.ts';
import { createFakeClock, settle } from '../../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';

const registration = (weight: number) => ({ host: '10.0.0.5', port: 80, name: 'node_1', weight });
const up = (weight = 1): Decision => ({ outcome: 'up', registration: registration(weight) });
const down = (
  reason: 'failing' | 'drained' = 'failing',
  failing = reason === 'failing',
): Decision => ({
  outcome: 'down',
  reason,
  failing,
  why: 'test',
});

describe('Gate', () => {
  const setUp = (rules: Partial<GateRules> = {}, wasUp = false) => {
    const clock = createFakeClock();
    const logger = createRecordingLogger();
    const calls: string[] = [];
    const hook: { results: boolean[]; hold?: Promise<void> } = { results: [] };
    const gate = new Gate({
      rules: { rateLimit: undefined, preUp: undefined, preDown: undefined, ...rules },
      wasUp,
      up: ({ weight }) => calls.push(`up ${weight}`),
      down: (reason) => calls.push(`down ${reason}`),
      runHook: async ({ command }, _environment, signal) => {
        calls.push(`run ${command.join(' ')}`);
        const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
        await Promise.race([hook.hold, aborted]);
        return (hook.results.shift() ?? true) ? { ok: true } : { ok: false, reason: 'exit code 1' };
      },
      environment: {},
      clock,
      logger,
      onThrottled: (shadow) => calls.push(shadow ? 'throttled in shadow' : 'throttled'),
    });
    return { clock, logger, calls, hook, gate };
  };
  const preUp = { command: ['warm'], timeoutMs: 1_000 };
  const preDown = { command: ['drain'], timeoutMs: 1_000 };

  it('passes decisions on within the call where nothing stands between', () => {
    const { calls, gate } = setUp();
    gate.push({ outcome: 'undecided' });
    gate.push(up(1));
    gate.push(up(2));
    gate.push(down());
    expect(calls).to.deep.equal(['up 1', 'up 2', 'down failing']);
  });

  it('registers once pre_up has passed, with the last data', async () => {
    const { calls, clock, hook, gate, logger } = setUp({ preUp });
    hook.results = [false, true];
    gate.push(up(1));
    await settle();
    gate.push(up(2));
    expect(calls).to.deep.equal(['run warm']);
    expect(logger.events()).to.deep.equal(['pre-up-failed']);
    await clock.advance(1_000);
    expect(calls).to.deep.equal(['run warm', 'run warm', 'up 2']);
  });

  it('gives pre_up up when the checks fail meanwhile', async () => {
    const { calls, hook, gate } = setUp({ preUp });
    hook.hold = new Promise(() => undefined);
    gate.push(up());
    gate.push(down());
    await settle();
    expect(calls).to.deep.equal(['run warm', 'down failing']);
  });

  it('waits for pre_down before a drain, and not before a failing instance goes', async () => {
    const { calls, hook, gate } = setUp({ preDown });
    const { promise, resolve } = Promise.withResolvers<void>();
    hook.hold = promise;
    gate.push(up());
    gate.push(down('drained'));
    await settle();
    expect(calls).to.deep.equal(['up 1', 'run drain']);
    resolve();
    await settle();
    gate.push(up());
    hook.hold = new Promise(() => undefined);
    gate.push(down('failing'));
    await settle();
    expect(calls.slice(2)).to.deep.equal(['down drained', 'up 1', 'run drain', 'down failing']);
  });

  it('lets an instance go that fails while pre_down runs, which runs on', async () => {
    const { calls, hook, gate, logger } = setUp({ preDown });
    const { promise, resolve } = Promise.withResolvers<void>();
    hook.hold = promise;
    hook.results = [false];
    gate.push(up());
    gate.push(down('drained'));
    gate.push(down('drained', true));
    await settle();
    expect(calls).to.deep.equal(['up 1', 'run drain', 'down drained']);
    expect(logger.events()).to.deep.equal([]);
    resolve();
    await settle();
    expect(calls).to.have.length(3);
    expect(logger.events()).to.deep.equal(['pre-down-failed']);
  });

  it('waits on stop for pre_down as long as the instance is well', async () => {
    const { hook, gate } = setUp({ preDown });
    hook.hold = new Promise(() => undefined);
    gate.push(up());
    let stopped = false;
    const stopping = gate.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).to.equal(false);
    gate.push(down());
    await stopping;
  });

  it('runs pre_down on stop, if it is up', async () => {
    const { calls, gate } = setUp({ preDown });
    gate.push(up());
    await gate.stop();
    expect(calls).to.deep.equal(['up 1', 'run drain']);
    const other = setUp({ preDown });
    other.gate.push(down());
    await other.gate.stop();
    expect(other.calls).to.deep.equal(['down failing']);
  });

  it('runs no pre_up for what was up before a restart', () => {
    const { calls, gate } = setUp({ preUp }, true);
    gate.push(up());
    expect(calls).to.deep.equal(['up 1']);
  });

  it('holds transitions back that come too often, and then tells the last alone', async () => {
    const { calls, clock, gate } = setUp({
      rateLimit: { shadowMode: false, averageRate: 1, maxBurst: 1 },
    });
    gate.push(up());
    gate.push(down());
    gate.push(up());
    gate.push(down());
    await clock.advance(999);
    expect(calls.filter((call) => call !== 'throttled')).to.deep.equal(['up 1']);
    await clock.advance(1);
    expect(calls.filter((call) => call !== 'throttled')).to.deep.equal(['up 1', 'down failing']);
  });

  it('tells nothing where the instance was back before its turn came', async () => {
    const { calls, clock, gate } = setUp({
      rateLimit: { shadowMode: false, averageRate: 1, maxBurst: 1 },
    });
    gate.push(up(1));
    gate.push(down());
    gate.push(up(2));
    await clock.advance(5_000);
    expect(calls).to.deep.equal(['up 1', 'throttled', 'up 2']);
  });

  it('only counts in shadow mode', () => {
    const { calls, gate } = setUp({
      rateLimit: { shadowMode: true, averageRate: 1, maxBurst: 1 },
    });
    gate.push(up());
    gate.push(down());
    expect(calls).to.deep.equal(['up 1', 'throttled in shadow', 'down failing']);
  });
});
