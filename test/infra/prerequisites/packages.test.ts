import { join } from 'node:path';
import { expect } from 'chai';
import { openLedger } from '../../../infra/prerequisites/ledger.ts';
import {
  ensurePackages,
  PrerequisiteError,
  type PrerequisiteOptions,
} from '../../../infra/prerequisites/packages.ts';
import { withTemporaryFolder } from '../../support/temporary-folder.ts';

describe('ensurePackages', () => {
  it('names the fix where this user may not install', async () => {
    await withTemporaryFolder(async (folder) => {
      const error = await failureOf(['smartstack-missing'], {
        ledger: openLedger(join(folder, 'ledger.json')),
        findPrivilege: async () => ({ kind: 'none' }),
      });
      expect(error).to.be.instanceOf(PrerequisiteError);
      expect(error.message).to.match(/smartstack-missing\n {2}to fix it: .*smartstack-missing/);
    });
  });

  it('names the fix, and leaves a machine alone that is not its own affair', async () => {
    const error = await failureOf(['smartstack-missing'], {
      mayInstall: false,
      findPrivilege: () => expect.fail('asked'),
    });
    expect(error).to.be.instanceOf(PrerequisiteError);
    expect(error.message).to.match(
      /^needed for a test: smartstack-missing\n {2}to fix it: .*smartstack-missing/,
    );
  });

  it('neither asks nor announces anything where all is there', async () => {
    await ensurePackages([], 'for nothing', {
      announce: () => expect.fail('announced'),
      findPrivilege: () => expect.fail('asked'),
    });
  });
});

describe('the ledger', () => {
  it('keeps each package once, sorted, until it is removed', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'sub/ledger.json');
      await openLedger(path).add(['maven', 'lxc']);
      await openLedger(path).add(['lxc', 'vagrant']);
      expect(await openLedger(path).packages()).to.deep.equal(['lxc', 'maven', 'vagrant']);
      await openLedger(path).remove(['lxc', 'maven']);
      expect(await openLedger(path).packages()).to.deep.equal(['vagrant']);
      await openLedger(path).remove(['vagrant']);
      expect(await openLedger(path).packages()).to.deep.equal([]);
    });
  });
});

async function failureOf(names: readonly string[], options: PrerequisiteOptions): Promise<Error> {
  try {
    await ensurePackages(names, 'for a test', options);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return expect.fail('should have failed');
}
