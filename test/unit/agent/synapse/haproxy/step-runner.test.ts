import { expect } from 'chai';
import { createChangeLog } from '../../../../../agent/synapse/changes.ts';
import type { Step } from '../../../../../agent/synapse/haproxy/plan.ts';
import { RunningState } from '../../../../../agent/synapse/haproxy/running-state.ts';
import { StepRunner } from '../../../../../agent/synapse/haproxy/step-runner.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';

const nothing = { fingerprint: 'x', backends: [], servers: new Map() };
const answerMs = 10;

describe('StepRunner', () => {
  let clock: FakeClock;
  let state: RunningState;
  let isOvertaken: boolean;
  let told: string[];
  let saved: number[];
  let steps: StepRunner;

  beforeEach(() => {
    clock = createFakeClock();
    state = new RunningState();
    isOvertaken = false;
    told = [];
    saved = [];
    const logger = createRecordingLogger();
    steps = new StepRunner({
      ...{ state, clock, logger, changes: createChangeLog(clock, logger) },
      deeds: {
        saveRetiring: async () => void saved.push(state.retiring.size),
        saveWeights: () => expect.fail('no weight is set'),
      },
      isOvertaken: () => isOvertaken,
      causeOf: () => undefined,
    });
  });

  /** Each command takes HAProxy a while. */
  const admin = {
    ask: async (command: string): Promise<string> => {
      told.push(command);
      await clock.advance(answerMs);
      return '\n';
    },
  };

  it('carries out all while nothing newer is known, however long it takes', async () => {
    // Those that were retired are looked at again.
    expect(await steps.run(retirements(200), nothing, admin)).to.equal(0);
    expect(told).to.have.lengthOf(200);
  });

  it('gives way to what is newer, and asks for another look', async () => {
    isOvertaken = true;
    expect(await steps.run(retirements(200), nothing, admin)).to.equal(0);
    expect(told.length).to.be.within(1, 199);
  });

  it('does a fair share first, whatever is newer', async () => {
    isOvertaken = true;
    await steps.run(retirements(200), nothing, admin);
    expect(told.length * answerMs).to.be.at.least(100);
  });

  it('notes what it is about to do, and nothing that it leaves undone', async () => {
    isOvertaken = true;
    await steps.run(retirements(200), nothing, admin);
    expect(saved.at(-1)).to.equal(told.length);
    expect([...state.retiring.keys()]).to.deep.equal(
      retirements(told.length).map(({ server }) => `web/${server}`),
    );
  });
});

function retirements(count: number): readonly Step[] {
  return Array.from({ length: count }, (_, index) => {
    return { kind: 'retire-server', backend: 'web', server: `s${index}`, was: 'ready' };
  });
}
