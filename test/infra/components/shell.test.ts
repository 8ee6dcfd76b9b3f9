import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  askpassFile,
  asRoot,
  asUser,
  inputAsRoot,
  scriptOf,
} from '../../../infra/components/shell.ts';
import { withTemporaryFolder } from '../../support/temporary-folder.ts';

/** Who is asked, and what sudo does where its password is `right`; by itself it knows nobody. */
const programs = {
  id: 'echo 1000',
  sudo: [
    '[ "$1" != -n ] || { echo "sudo: a password is required" >&2; exit 1; }',
    '[ "$1" != -k ] || shift',
    '[ "$1" = -A ] && [ "$("$SUDO_ASKPASS")" = right ] || exit 1',
    'shift; AS=root exec "$@"',
  ].join('\n'),
} as const;

describe('becoming root on a host', () => {
  /** The commands of one who logs in there, in a home of his own. */
  const loggedIn = <T>(
    work: (run: (command: string, input: string) => object, home: string) => Promise<T> | T,
  ): Promise<T> =>
    withTemporaryFolder(async (home) => {
      const bin = join(home, 'bin');
      await mkdir(bin);
      for (const [name, text] of Object.entries(programs)) {
        await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
        await chmod(join(bin, name), 0o755);
      }
      const env = { HOME: home, PATH: `${bin}:${process.env.PATH}` };
      return await work((command, input) => {
        const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
          ...{ input, env, encoding: 'utf8' },
        });
        return { status, stdout, stderr };
      }, home);
    });

  const keep = asUser(scriptOf('keep-sudo-password.sh', { FILE: askpassFile }));
  const saying = (word: string): string => `#!/bin/sh\necho ${word}\n`;

  it('asks sudo, which must not ask back', async () => {
    expect(await loggedIn((run) => run(asRoot('cat'), 'in'))).to.deep.equal({
      ...{ status: 1, stdout: '', stderr: 'sudo: a password is required\n' },
    });
  });

  it('says the password that was kept, and leaves standard input alone', async () => {
    await loggedIn(async (run, home) => {
      expect(run(keep, saying('right'))).to.include({ status: 0 });
      expect((await stat(join(home, askpassFile))).mode & 0o777).to.equal(0o700);
      const done = { status: 0, stdout: 'root in', stderr: '' };
      expect(run(asRoot('echo -n "$AS "; cat'), 'in')).to.deep.equal(done);
      expect(run(inputAsRoot, 'echo -n "$AS in"')).to.deep.equal(done);
    });
  });

  it('keeps none that sudo does not take', async () => {
    await loggedIn(async (run, home) => {
      expect(run(keep, saying('wrong')))
        .to.include({ status: 1 })
        .and.to.have.property('stderr')
        .that.includes('set smartstack:sudoPassword to the right one');
      expect(await readdir(home)).to.deep.equal(['bin']);
    });
  });
});
