import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { keepHeartbeat } from '../../../../agent/nerve/heartbeat.ts';
import { eventually } from '../../../support/eventually.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('keepHeartbeat', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'heartbeat-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const start = (path: string) => {
    const clock = createFakeClock();
    const logger = createRecordingLogger();
    const abort = new AbortController();
    const done = keepHeartbeat(path, { clock, logger }, abort.signal);
    const stop = async (): Promise<void> => {
      abort.abort();
      await done;
    };
    return { clock, logger, stop };
  };

  it('makes the file and touches it every 10 s', async () => {
    const path = join(directory, 'heartbeat');
    const { clock, stop } = start(path);
    const touchedAt = async (wallMs: number): Promise<void> => {
      await eventually(async () => expect((await stat(path)).mtimeMs).to.equal(wallMs));
      await eventually(() => expect(clock.nextWakeMs()).to.equal(10_000));
    };
    await touchedAt(clock.wallMs());
    await clock.advance(10_000);
    await touchedAt(clock.wallMs());
    await stop();
  });

  it('goes on where it may not write, and says so once', async () => {
    const { clock, logger, stop } = start(join(directory, 'missing', 'heartbeat'));
    for (let round = 0; round < 3; round += 1) {
      await eventually(() => expect(clock.nextWakeMs()).to.equal(10_000));
      await clock.advance(10_000);
    }
    await stop();
    expect(logger.events()).to.deep.equal(['heartbeat-failed']);
  });
});
