import { expect } from 'chai';
import { createChangeLog } from '../../../../../agent/synapse/changes.ts';
import {
  type GeneratedService,
  type Generator,
  GeneratorError,
  type GeneratorPass,
} from '../../../../../agent/synapse/generators/generator.ts';
import { GeneratorRunner } from '../../../../../agent/synapse/generators/runner.ts';
import { createFakeClock, settle } from '../../../../support/fake-clock.ts';
import { generatedService, instance } from '../../../../support/generated-service.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';

const current: GeneratorPass = { againInMs: undefined, waitingFor: undefined, rejected: [] };

function setUp(pass: (services: readonly GeneratedService[]) => GeneratorPass) {
  const clock = createFakeClock();
  const logger = createRecordingLogger();
  const seen: number[] = [];
  const generator: Generator = {
    name: 'toy',
    pass: async (services) => {
      seen.push(clock.now());
      return pass(services);
    },
  };
  const stop = new AbortController();
  const runner = new GeneratorRunner({
    generator,
    services: () => [generatedService([instance('one', 80)])],
    clock,
    random: () => 0.5,
    logger,
    changes: createChangeLog(clock, logger),
  });
  const ended = runner.run(stop.signal);
  const finish = (): Promise<void> => {
    stop.abort();
    return ended;
  };
  return { clock, logger, seen, runner, finish };
}

describe('GeneratorRunner', () => {
  it('acts at once on an isolated change, and once for a burst', async () => {
    const { clock, seen, runner, finish } = setUp(() => current);
    await clock.advance(0);
    expect(seen).to.deep.equal([0]);
    await clock.advance(1_000);
    runner.request();
    await settle();
    expect(seen).to.deep.equal([0, 1_000]);
    for (let count = 0; count < 10; count += 1) {
      runner.request();
      await clock.advance(5);
    }
    await clock.advance(100);
    expect(seen).to.have.length(3);
    await finish();
  });

  it('looks again when it was told to, and after a while in any case', async () => {
    const { clock, seen, runner, finish } = setUp(() =>
      seen.length < 2 ? { ...current, againInMs: 700, waitingFor: 'its reload' } : current,
    );
    await clock.advance(0);
    expect(runner.status).to.include({ state: 'waiting', reason: 'its reload' });
    await clock.advance(700);
    expect(runner.status).to.include({ state: 'current', reason: undefined });
    await clock.advance(30_000);
    expect(seen).to.deep.equal([0, 700, 30_700]);
    await finish();
  });

  it('tries again ever less often while it fails, and says so once', async () => {
    let mends = false;
    const { clock, logger, seen, runner, finish } = setUp(() => {
      if (mends) return current;
      throw new GeneratorError('the disk is full');
    });
    await clock.advance(60_000);
    expect(runner.status).to.include({ state: 'failing', reason: 'the disk is full' });
    expect(seen.length).to.be.within(5, 8);
    mends = true;
    await clock.advance(60_000);
    expect(runner.status).to.include({ state: 'current', reason: undefined });
    expect(logger.events()).to.deep.equal(['generator-failed', 'generator-recovered']);
    await finish();
  });

  it('outlives a fault of ours', async () => {
    const { clock, seen, runner, finish } = setUp(() => {
      if (seen.length > 1) return current;
      throw new TypeError('undefined is not a function');
    });
    await clock.advance(2_000);
    expect(seen).to.have.length(2);
    expect(runner.status).to.include({ state: 'current' });
    await finish();
  });

  it('names an instance that is left out once', async () => {
    const rejected = [{ service: 'web', server: 'one', reason: 'no address' }];
    const { clock, logger, runner, finish } = setUp(() => ({ ...current, rejected }));
    await clock.advance(0);
    runner.request();
    await settle();
    expect(runner.status.rejected).to.deep.equal(rejected);
    expect(logger.lines).to.deep.equal([
      { level: 'warn', event: 'registration-rejected', generator: 'toy', ...rejected[0] },
    ]);
    await finish();
  });
});
