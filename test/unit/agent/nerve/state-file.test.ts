import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  loadNerveState,
  type NerveState,
  saveNerveState,
} from '../../../../agent/nerve/state-file.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

describe("nerve's state file", () => {
  const stateOf = (bootId: string, nodes = 1): NerveState => ({
    version: 1,
    bootId,
    sessions: { 'a:2181': { sessionId: '0100', password: 'beef' } },
    registered: Object.fromEntries(
      Array.from({ length: nodes }, (_, index) => [
        `key ${index}`,
        { hosts: ['a:2181'], path: `/s/node_1_${index}` },
      ]),
    ),
    hostDrained: { reason: 'kernel', untilMs: 7 },
    overrides: { web: { drained: { reason: 'disk' }, weight: 0 } },
    dynamic: { extra: { request: { service: 'web', port: 1 }, expiresAtMs: 5 } },
  });

  it('gives back what it was given, to its owner alone', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'state.json');
      const logger = createRecordingLogger();
      const { bootId } = await loadNerveState(path, logger);
      await saveNerveState(path, stateOf(bootId));
      expect(await loadNerveState(path, logger)).to.deep.equal(stateOf(bootId));
      expect((await stat(path)).mode & 0o777).to.equal(0o600);
      expect(logger.events()).to.deep.equal([]);
    });
  });

  it('keeps over a reboot what people decided, and no session', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'state.json');
      const logger = createRecordingLogger();
      const { bootId } = await loadNerveState(path, logger);
      await saveNerveState(path, stateOf('of before'));
      expect(await loadNerveState(path, logger)).to.deep.equal({
        ...stateOf(bootId),
        sessions: {},
        registered: {},
      });
    });
  });

  it('is whole whenever somebody reads it (law 7)', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'state.json');
      await saveNerveState(path, stateOf('0', 2_000));
      let writing = true;
      const read = async (): Promise<number> => {
        let reads = 0;
        for (; writing; reads += 1) JSON.parse(await readFile(path, 'utf8'));
        return reads;
      };
      const reading = read();
      try {
        for (let round = 1; round <= 100; round += 1) {
          await saveNerveState(path, stateOf(String(round), 2_000));
        }
      } finally {
        writing = false;
      }
      expect(await reading).to.be.above(0);
    });
  });
});
