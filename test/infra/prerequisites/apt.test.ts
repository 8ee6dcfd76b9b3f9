import { expect } from 'chai';
import { parseSimulation, parseStatus } from '../../../infra/prerequisites/apt.ts';

describe('apt', () => {
  it('reads what dpkg says of a package, whatever its architecture', () => {
    const listing = 'lxc:amd64 installed\nvagrant config-files\nnano not-installed\n';
    expect([...parseStatus(listing)]).to.deep.equal([
      ['lxc', 'installed'],
      ['vagrant', 'config-files'],
      ['nano', 'not-installed'],
    ]);
  });

  it('reads from a simulation what is new, and leaves out upgrades', () => {
    const output = [
      'Reading package lists...',
      'Inst libc6 [2.36-9] (2.36-10 Debian:12.1/stable [amd64]) []',
      'Inst lxc (1:5.0.2-1 Debian:12.1/stable [amd64])',
      'Inst libfoo:i386 (1.0 Debian:12.1/stable [i386])',
      'Conf lxc (1:5.0.2-1 Debian:12.1/stable [amd64])',
    ].join('\n');
    expect(parseSimulation(output, 'Inst')).to.deep.equal(['lxc', 'libfoo']);
  });

  it('reads from a simulation what would go', () => {
    const output = 'Remv lxc [1:5.0.2-1]\nRemv liblxc1 [1:5.0.2-1] [lxc:amd64 ]\n';
    expect(parseSimulation(output, 'Remv')).to.deep.equal(['lxc', 'liblxc1']);
  });
});
