import { expect } from 'chai';
import {
  addressIn,
  chooseSubnet,
  gatewayOf,
  hardwareAddress,
} from '../../../../infra/targets/vagrant/subnet.ts';

describe('subnet', () => {
  it('derives addresses from ids, and keeps its own out of their range', () => {
    expect(addressIn('10.93.0', 250)).to.equal('10.93.0.250');
    expect(gatewayOf('10.93.0')).to.equal('10.93.0.254');
  });

  it('takes the first that this computer has no address in', () => {
    expect(chooseSubnet('lxc', ['127.0.0.1'])).to.equal('10.93.0');
    expect(chooseSubnet('lxc', ['10.93.0.254', '10.93.1.1', '10.93.20.1'])).to.equal('10.93.2');
  });

  it('keeps to what VirtualBox allows', () => {
    expect(chooseSubnet('virtualbox', ['192.168.56.1'])).to.equal('192.168.57');
    const all = Array.from({ length: 8 }, (_, index) => `192.168.${56 + index}.1`);
    expect(() => chooseSubnet('virtualbox', all)).to.throw('smartstack:vagrantSubnet');
  });

  it('gives a machine the same hardware address each time', () => {
    expect(hardwareAddress('a')).to.match(/^00:16:3e(:[0-9a-f]{2}){3}$/);
    expect(hardwareAddress('a')).to.equal(hardwareAddress('a'));
    expect(hardwareAddress('a')).not.to.equal(hardwareAddress('b'));
  });
});
