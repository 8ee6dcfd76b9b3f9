import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../../infra/prerequisites/command.ts';
import {
  type ArchiveEntry,
  contentHash,
  packTar,
  packTarGz,
} from '../../../infra/releases/archive.ts';
import { withTemporaryFolder } from '../../support/temporary-folder.ts';

const program: ArchiveEntry = {
  path: 'bin/tool/run',
  mode: 0o755,
  content: Buffer.from('#!/bin/sh\necho ran\n'),
};
const note: ArchiveEntry = { path: 'a-note.txt', mode: 0o644, content: Buffer.alloc(513, 'x') };

describe('archive', () => {
  it('gives the same bytes for the same entries in any order', async () => {
    const one = await packTarGz([program, note]);
    const other = await packTarGz([note, program]);
    expect(one.equals(other)).to.equal(true);
  });

  it('holds no time and no name of a system in its gzip header', async () => {
    const header = (await packTarGz([note])).subarray(0, 10);
    expect([...header.subarray(4, 8)]).to.deep.equal([0, 0, 0, 0]);
    expect(header[9]).to.equal(255);
  });

  it('is what tar reads: folders first, modes kept, owned by root', async () => {
    const listing = await withTemporaryFolder(async (folder) => {
      const file = join(folder, 'x.tar');
      await writeFile(file, packTar([program, note]));
      return (await runCommand('tar', ['-tvf', file, '--utc'])).stdout;
    });
    const rows = listing
      .trimEnd()
      .split('\n')
      .map((line) => line.replaceAll(/\s+/g, ' '));
    expect(rows).to.deep.equal([
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 bin/',
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 bin/tool/',
      '-rw-r--r-- 0/0 513 1970-01-01 00:00 a-note.txt',
      '-rwxr-xr-x 0/0 19 1970-01-01 00:00 bin/tool/run',
    ]);
  });

  it('unpacks to what went in', async () => {
    const output = await withTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'x.tar.gz'), await packTarGz([program, note]));
      await runCommand('tar', ['-xzf', 'x.tar.gz'], { cwd: folder });
      return (await runCommand(join(folder, 'bin/tool/run'), [])).stdout;
    });
    expect(output).to.equal('ran\n');
  });

  it('hashes paths, modes and content, and nothing else', () => {
    const hash = contentHash([program, note]);
    expect(hash).to.match(/^[0-9a-f]{16}$/);
    expect(contentHash([note, program])).to.equal(hash);
    expect(contentHash([program, { ...note, mode: 0o755 }])).not.to.equal(hash);
    expect(contentHash([program, { ...note, path: 'b-note.txt' }])).not.to.equal(hash);
    expect(contentHash([program, { ...note, content: Buffer.from('y') }])).not.to.equal(hash);
  });

  it('refuses a path that the format cannot hold', () => {
    const long = { ...note, path: 'x'.repeat(101) };
    expect(() => packTar([long])).to.throw(RangeError, 'path too long for an archive');
  });
});
