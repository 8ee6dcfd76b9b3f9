import { expect } from 'chai';
import { chooseProvider } from '../../../../infra/targets/vagrant/provider.ts';

describe('chooseProvider', () => {
  const bare = { platform: 'linux', hasVirtualBox: false, hasLibvirt: false } as const;

  it('takes containers on a Linux that has nothing else', () => {
    expect(chooseProvider(bare)).to.equal('lxc');
  });

  it('takes what is installed', () => {
    expect(chooseProvider({ ...bare, hasLibvirt: true })).to.equal('libvirt');
    expect(chooseProvider({ ...bare, hasVirtualBox: true })).to.equal('virtualbox');
  });

  it('asks for VirtualBox where there are no containers', () => {
    expect(chooseProvider({ ...bare, platform: 'darwin' })).to.equal('virtualbox');
  });
});
