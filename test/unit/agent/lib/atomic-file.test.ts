import * as nodeFs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type AtomicFileSystem, writeFileAtomically } from '../../../../agent/lib/atomic-file.ts';

describe('writeFileAtomically', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = await nodeFs.mkdtemp(join(tmpdir(), 'atomic-file-'));
    path = join(directory, 'haproxy.cfg');
  });
  afterEach(() => nodeFs.rm(directory, { recursive: true }));

  it('writes the content with its mode and leaves nothing else', async () => {
    expect(await writeFileAtomically(path, 'one', { mode: 0o600 })).to.equal('written');
    expect(await nodeFs.readFile(path, 'utf8')).to.equal('one');
    expect((await nodeFs.stat(path)).mode & 0o777).to.equal(0o600);
    expect(await nodeFs.readdir(directory)).to.deep.equal(['haproxy.cfg']);
  });

  it('does not touch a file that holds the same content', async () => {
    await writeFileAtomically(path, 'one');
    const before = await nodeFs.stat(path);
    expect(await writeFileAtomically(path, 'one')).to.equal('unchanged');
    expect((await nodeFs.stat(path)).ino).to.equal(before.ino);
  });

  it('overwrites what a killed process left behind', async () => {
    await nodeFs.writeFile(join(directory, '.haproxy.cfg.tmp'), 'a much longer torn leftover');
    await writeFileAtomically(path, 'two');
    expect(await nodeFs.readFile(path, 'utf8')).to.equal('two');
    expect(await nodeFs.readdir(directory)).to.deep.equal(['haproxy.cfg']);
  });

  it('syncs the file before the rename and the directory after it', async () => {
    const steps: string[] = [];
    await writeFileAtomically(path, 'one', { fs: recording(steps) });
    expect(steps).to.deep.equal([
      'open .haproxy.cfg.tmp',
      'write',
      'sync .haproxy.cfg.tmp',
      'close .haproxy.cfg.tmp',
      'rename .haproxy.cfg.tmp haproxy.cfg',
      `open directory`,
      'sync directory',
      'close directory',
    ]);
  });

  for (const failing of ['write', 'sync .haproxy.cfg.tmp', 'rename .haproxy.cfg.tmp haproxy.cfg']) {
    it(`keeps the old file whole when "${failing}" fails`, async () => {
      await writeFileAtomically(path, 'old');
      const error = await writeFileAtomically(path, 'new', { fs: recording([], failing) }).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.an('error').with.property('message', `ENOSPC: ${failing}`);
      expect(await nodeFs.readFile(path, 'utf8')).to.equal('old');
      expect(await nodeFs.readdir(directory)).to.deep.equal(['haproxy.cfg']);
    });
  }

  /** The real disk, noting each step; the step called `failing` fails as a full disk does. */
  function recording(steps: string[], failing?: string): AtomicFileSystem {
    const name = (full: string): string =>
      full === directory ? 'directory' : full.slice(directory.length + 1);
    const step = (text: string): void => {
      steps.push(text);
      if (text === failing) throw new Error(`ENOSPC: ${text}`);
    };
    return {
      readFile: (from) => nodeFs.readFile(from),
      rm: (target, options) => nodeFs.rm(target, options),
      rename: async (from, to) => {
        step(`rename ${name(from)} ${name(to)}`);
        await nodeFs.rename(from, to);
      },
      open: async (target, flags, mode) => {
        step(`open ${name(target)}`);
        const handle = await nodeFs.open(target, flags, mode);
        return {
          writeFile: async (content) => {
            step('write');
            await handle.writeFile(content);
          },
          chmod: (bits) => handle.chmod(bits),
          sync: async () => {
            step(`sync ${name(target)}`);
            await handle.sync();
          },
          close: async () => {
            step(`close ${name(target)}`);
            await handle.close();
          },
        };
      },
    };
  }
});
