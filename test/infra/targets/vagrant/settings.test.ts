import { expect } from 'chai';
import { bridgeOf, settle } from '../../../../infra/targets/vagrant/settings.ts';
import { stackFiles } from '../../../../infra/targets/vagrant/stack-files.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('settle', () => {
  it('keeps what it chose first', async () => {
    await withTemporaryFolder(async (folder) => {
      const files = stackFiles('vagrant', folder);
      const first = await settle(files, { provider: 'lxc' });
      expect(first.subnet).to.match(/^10\.93\.\d+$/);
      expect(await settle(files)).to.deep.equal(first);
      expect(bridgeOf(first)).to.have.length(12);
    });
  });

  it('gives way to the configuration', async () => {
    await withTemporaryFolder(async (folder) => {
      const files = stackFiles('vagrant', folder);
      const { id } = await settle(files, { provider: 'lxc' });
      const wanted = { provider: 'lxc', subnet: '10.200.1' } as const;
      expect(await settle(files, wanted)).to.deep.equal({ id, ...wanted });
    });
  });

  it('chooses another subnet for another provider', async () => {
    await withTemporaryFolder(async (folder) => {
      const files = stackFiles('vagrant', folder);
      await settle(files, { provider: 'lxc' });
      const { subnet } = await settle(files, { provider: 'virtualbox' });
      expect(subnet).to.match(/^192\.168\.(5[6-9]|6[0-3])$/);
    });
  });
});
