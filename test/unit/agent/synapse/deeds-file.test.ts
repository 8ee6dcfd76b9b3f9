import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createRetiringFile, createWeightsFile } from '../../../../agent/synapse/deeds-file.ts';
import { createRecordingLogger, type RecordingLogger } from '../../../support/recording-logger.ts';

describe('the files of what synapse did', () => {
  let folder: string;
  let statePath: string;
  let logger: RecordingLogger;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retiring-'));
    statePath = join(folder, 'state.json');
    logger = createRecordingLogger();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives back what was saved', async () => {
    const retiring = new Map([['web/a_10.0.0.1:80', 'drain' as const]]);
    await createRetiringFile(statePath, logger).save(retiring);
    expect(await createRetiringFile(statePath, logger).load()).to.deep.equal(retiring);
  });

  it('keeps weights apart', async () => {
    const weights = new Map([['web/a_10.0.0.1:80', 7]]);
    await createWeightsFile(statePath, logger).save(weights);
    expect(await createWeightsFile(statePath, logger).load()).to.deep.equal(weights);
    expect((await createRetiringFile(statePath, logger).load()).size).to.equal(0);
  });

  it('is missing at a first start, which is nothing to report', async () => {
    expect((await createRetiringFile(statePath, logger).load()).size).to.equal(0);
    expect(logger.lines).to.deep.equal([]);
  });

  it('is left aside when it cannot be understood', async () => {
    await writeFile(`${statePath}.retiring`, '{"web/a":"gone"}');
    expect((await createRetiringFile(statePath, logger).load()).size).to.equal(0);
    expect(logger.events()).to.deep.equal(['state-file-unusable']);
  });

  it('does without the file where it cannot be written', async () => {
    await createRetiringFile(join(folder, 'missing', 'state.json'), logger).save(new Map());
    expect(logger.events()).to.deep.equal(['state-file-not-written']);
  });
});
