import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadAddresses, saveAddresses } from '../../../../agent/synapse/addresses-file.ts';
import { createRecordingLogger, type RecordingLogger } from '../../../support/recording-logger.ts';

describe('the addresses beside the state file', () => {
  let folder: string;
  let path: string;
  let logger: RecordingLogger;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'addresses-'));
    path = join(folder, 'state.json');
    logger = createRecordingLogger();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('come back as they were saved, and without any there is no file', async () => {
    const addresses = new Map([
      ['a', '10.0.0.1'],
      ['b', '::1'],
    ]);
    await saveAddresses(path, addresses);
    expect([...(await loadAddresses(path, logger))]).to.deep.equal([...addresses]);
    await saveAddresses(path, new Map());
    expect(await readdir(folder)).to.deep.equal([]);
    expect([...(await loadAddresses(path, logger))]).to.deep.equal([]);
    expect(logger.lines).to.deep.equal([]);
  });

  for (const text of ['10.0.0.1 disabled', 'fe80::1%eth0']) {
    it(`are left aside where one is ${text}`, async () => {
      await writeFile(`${path}.addresses`, JSON.stringify({ a: text }));
      expect([...(await loadAddresses(path, logger))]).to.deep.equal([]);
      expect(logger.events()).to.deep.equal(['state-file-unusable']);
    });
  }
});
