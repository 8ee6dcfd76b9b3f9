import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { Chores } from '../../../../agent/nerve/chores.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('Chores', () => {
  it('ends all, and takes up nothing for a reload that comes too late', () =>
    withTemporaryFolder(async (folder) => {
      const clock = createFakeClock();
      const chores = new Chores({
        ...{ clock, random: Math.random, logger: createRecordingLogger() },
        onFolderChange: () => Promise.resolve(),
      });
      const heartbeat = join(folder, 'heartbeat');
      chores.follow({ heartbeat_path: heartbeat });
      await eventually(() => expect(clock.nextWakeMs()).to.be.above(0));
      chores.stop();
      await rm(heartbeat);
      chores.follow({ heartbeat_path: heartbeat });
      await throughout(() => expect(existsSync(heartbeat)).to.equal(false), { durationMs: 200 });
    }));
});
