import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { withEntry } from '../../../../infra/engine/state.ts';
import { StateFile } from '../../../../infra/engine/state-file.ts';
import { secret } from '../../../../infra/engine/values.ts';
import { entry } from './samples.ts';

describe('StateFile', () => {
  let directory: string;
  const path = (): string => join(directory, 'deep/state.json');

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'smartstack-state-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('comes back as it was saved, secrets and all, readable by its owner only', async () => {
    const file = await StateFile.load(path(), 'word');
    const saved = entry({ inputs: { stdin: secret({ deep: ['x'] }) }, pending: 'create' });
    await file.change((state) => ({ ...withEntry(state, saved), outputs: { a: secret('b') } }));
    expect((await StateFile.load(path(), 'word')).state).to.deep.equal(file.state);
    expect(statSync(path()).mode & 0o777).to.equal(0o600);
    expect(readdirSync(join(directory, 'deep'))).to.deep.equal(['state.json']);
  });

  it('takes changes that come at once, and has them all on disk when told so', async () => {
    const file = await StateFile.load(path(), 'word');
    const ids = Array.from({ length: 40 }, (_, n) => `id-${n}`);
    await Promise.all(ids.map((id) => file.change((state) => withEntry(state, entry({ id })))));
    const { state } = await StateFile.load(path(), 'word');
    expect(state.entries.map(({ id }) => id)).to.deep.equal(ids);
  });

  it('writes nothing when it may only read', async () => {
    const file = await StateFile.load(path(), 'word', { readOnly: true });
    await file.change((state) => withEntry(state, entry()));
    expect(file.state.entries).to.have.length(1);
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('refuses a file that it does not understand, naming it', async () => {
    writeFileSync(join(directory, 'state.json'), '{"version":7}');
    const loaded = StateFile.load(join(directory, 'state.json'), 'word');
    await loaded.then(
      () => expect.fail('it was read'),
      (error: Error) =>
        expect(error.message).to.include('cannot read the state file').and.include('version'),
    );
  });
});
