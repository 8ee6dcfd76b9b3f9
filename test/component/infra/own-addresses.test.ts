import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { ownAddresses } from '../../../infra/targets/vagrant/subnet.ts';

const bridge = `sstest${process.pid}`;

function ip(...words: readonly string[]): boolean {
  return spawnSync('ip', words).status === 0;
}

describe('ownAddresses', () => {
  before(function () {
    if (!ip('link', 'add', bridge, 'type', 'bridge')) {
      console.log('    (needs root)');
      this.skip();
    }
  });
  after(() => ip('link', 'delete', bridge));

  it('knows the address of a bridge that no running machine is attached to', async () => {
    ip('address', 'add', '10.199.255.254/24', 'dev', bridge);
    ip('link', 'set', bridge, 'up');
    expect(await ownAddresses()).to.include.members(['127.0.0.1', '10.199.255.254']);
  });
});
