import { expect } from 'chai';
import { parseNameServers } from '../../../../infra/targets/vagrant/name-servers.ts';

describe('parseNameServers', () => {
  it('leaves out what only this computer can reach', () => {
    const text = '# stub\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nnameserver ::1\nsearch x\n';
    expect(parseNameServers(text)).to.deep.equal(['192.0.2.53']);
  });
});
