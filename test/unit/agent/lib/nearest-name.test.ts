import { expect } from 'chai';
import { nearestName } from '../../../../agent/lib/nearest-name.ts';

describe('nearestName', () => {
  const names = ['check_interval', 'checks', 'host', 'port', 'zk_hosts', 'zk_path'];

  for (const [typo, meant] of [
    ['check_intervall', 'check_interval'],
    ['checkInterval', 'check_interval'],
    ['check', 'checks'],
    ['zk_host', 'zk_hosts'],
    ['prot', 'port'],
    ['ZK-PATH', 'zk_path'],
  ] as const) {
    it(`takes ${typo} for ${meant}`, () => expect(nearestName(typo, names)).to.equal(meant));
  }

  it('offers nothing when nothing is close', () => {
    expect(nearestName('frobnicate', names)).to.equal(undefined);
    expect(nearestName('x', [])).to.equal(undefined);
  });
});
