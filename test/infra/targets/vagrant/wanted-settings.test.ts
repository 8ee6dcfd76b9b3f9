import { expect } from 'chai';
import { InvalidEnvironmentError } from '../../../../infra/catalog/invalid-environment.ts';
import { wantedSettings } from '../../../../infra/targets/vagrant/wanted-settings.ts';

const configOf = (values: Readonly<Record<string, string>>) => ({
  get: (key: string): string | undefined => values[key],
});

describe('wantedSettings', () => {
  it('wants nothing in particular by default', () => {
    const nothing = { provider: undefined, subnet: undefined, memoryMb: 512 };
    expect(wantedSettings(configOf({}))).to.deep.equal(nothing);
  });

  it('takes what the stack says', () => {
    const values = {
      vagrantProvider: 'libvirt',
      vagrantSubnet: '172.20.5',
      vagrantMemoryMb: '768',
    };
    expect(wantedSettings(configOf(values))).to.deep.equal({
      provider: 'libvirt',
      subnet: '172.20.5',
      memoryMb: 768,
    });
  });

  it('names everything that is wrong at once', () => {
    const values = { vagrantProvider: 'docker', vagrantSubnet: '8.8.8', vagrantMemoryMb: '64' };
    try {
      wantedSettings(configOf(values));
      expect.fail('should have failed');
    } catch (error) {
      if (!(error instanceof InvalidEnvironmentError)) throw error;
      expect(error.problems.map(({ path }) => path)).to.deep.equal([
        'smartstack:vagrantProvider',
        'smartstack:vagrantSubnet',
        'smartstack:vagrantMemoryMb',
      ]);
      expect(error.message).to.include('must be private');
    }
  });
});
