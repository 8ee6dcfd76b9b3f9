import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { nothingRemembered } from '../../../../agent/synapse/known-service.ts';
import {
  type LastKnown,
  loadLastKnown,
  saveLastKnown,
} from '../../../../agent/synapse/last-known.ts';
import { createRecordingLogger, type RecordingLogger } from '../../../support/recording-logger.ts';

describe('the state file', () => {
  let folder: string;
  let path: string;
  let logger: RecordingLogger;
  const nothing: LastKnown = new Map();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'last-known-'));
    path = join(folder, 'state.json');
    logger = createRecordingLogger();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives back what was saved', async () => {
    const instance = { host: '10.0.0.1', port: 80, name: 'a', sequence: 4, labels: { x: 'y' } };
    const leaving = { draining: true, downtimeAtSeconds: 1_700, unvouched: true };
    const old = { host: 'h', port: 1, weight: 9, labels: {}, ...leaving };
    const decision = { reason: 'why', by: 'who', sinceMs: 1, untilMs: 2 };
    const state: LastKnown = new Map([
      ['web', { ...nothingRemembered, previous: [instance] }],
      ['api', { ...nothingRemembered, held: [{ instance, sinceMs: 5, untilMs: 6 }] }],
      [
        'old',
        {
          previous: [old],
          held: [],
          hands: {
            pinned: new Map([['h:1', { ...decision, instance: old }]]),
            out: new Map([['a_10.0.0.1:80', { ...decision, mode: 'drain' }]]),
          },
        },
      ],
    ]);
    await saveLastKnown(path, state);
    expect(await loadLastKnown(path, logger)).to.deep.equal(state);
    expect(Object.keys(JSON.parse(await readFile(path, 'utf8')).services)).to.eql([
      'api',
      'old',
      'web',
    ]);
  });

  it('is read as an earlier version wrote it', async () => {
    await writeFile(path, '{"version":1,"services":{"web":[]},"retiring":{}}');
    expect([...(await loadLastKnown(path, logger))]).to.deep.equal([['web', nothingRemembered]]);
  });

  it('is missing at a first start, which is nothing to report', async () => {
    expect(await loadLastKnown(path, logger)).to.deep.equal(nothing);
    expect(logger.lines).to.deep.equal([]);
  });

  for (const content of [
    '',
    '{',
    '{"version":2}',
    '{"version":1,"services":{"web":[{"host":"a b"}]}}',
  ]) {
    it(`is left aside when it holds ${content === '' ? 'nothing' : content}`, async () => {
      await writeFile(path, content);
      expect(await loadLastKnown(path, logger)).to.deep.equal(nothing);
      expect(logger.events()).to.deep.equal(['state-file-unusable']);
    });
  }
});
