import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { keyPair } from '../../../../infra/targets/vagrant/key-pair.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('keyPair', () => {
  it('makes a key once, readable by its owner alone', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'stack/id_ed25519');
      const made = await keyPair(path);
      expect((await stat(path)).mode & 0o777).to.equal(0o600);
      expect(made.privateKey).to.match(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
      expect(made.publicKey).to.match(/^ssh-ed25519 [A-Za-z0-9+/=]+ smartstack$/);
      expect(await keyPair(path)).to.deep.equal(made);
    });
  });
});
