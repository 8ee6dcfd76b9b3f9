import { expect } from 'chai';
import fc from 'fast-check';
import {
  contains,
  formatRange,
  parseRange,
  partOf,
  type Range,
} from '../../../../../infra/targets/aws/ipv4.ts';

describe('ranges of addresses', () => {
  it('takes what AWS takes, and nothing else', () => {
    for (const good of ['0.0.0.0/0', '10.93.0.0/20', '203.0.113.7/32', '255.255.255.0/24']) {
      expect(parseRange(good), good).not.to.equal(undefined);
    }
    const bad = ['10.93.0.1/20', '10.93.0.0', '10.93.0/24', '10.93.0.0/33', '256.0.0.0/8'];
    for (const text of [...bad, '010.0.0.0/8', '10.0.0.0/08', ' 10.0.0.0/8', '10.0.0.0/8\n', '']) {
      expect(parseRange(text), JSON.stringify(text)).to.equal(undefined);
    }
  });

  it('writes what it read', () => {
    const text = fc
      .tuple(fc.nat(2 ** 32 - 1), fc.nat(32))
      .map(([address, prefix]) => ({ first: address - (address % 2 ** (32 - prefix)), prefix }));
    fc.assert(
      fc.property(text, (range) => {
        expect(parseRange(formatRange(range))).to.deep.equal(range);
      }),
    );
  });

  it('cuts a range into parts that lie in it and beside each other', () => {
    const vpc = range('10.93.0.0/20');
    expect(formatRange(partOf(vpc, 24, 0))).to.equal('10.93.0.0/24');
    expect(formatRange(partOf(vpc, 24, 15))).to.equal('10.93.15.0/24');
    expect(contains(vpc, partOf(vpc, 24, 15))).to.equal(true);
    expect(contains(vpc, partOf(vpc, 24, 16))).to.equal(false);
    expect(contains(partOf(vpc, 24, 0), vpc)).to.equal(false);
  });
});

function range(text: string): Range {
  return parseRange(text) ?? expect.fail(text);
}
