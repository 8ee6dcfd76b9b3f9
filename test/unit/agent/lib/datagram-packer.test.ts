import { expect } from 'chai';
import { createDatagramPacker } from '../../../../agent/lib/datagram-packer.ts';

describe('createDatagramPacker', () => {
  const setUp = (waiting = 9) => createDatagramPacker({ datagramBytes: 10, waiting });

  it('fills each datagram to the byte', () => {
    const packer = setUp();
    for (const line of ['1234', '56789', 'a', 'ü2345678', 'b']) packer.add(line);
    expect(packer.isFull).to.equal(true);
    expect(packer.take()).to.deep.equal(['1234\n56789', 'a', 'ü2345678', 'b']);
    expect(packer.isEmpty && !packer.isFull).to.equal(true);
    expect(packer.take()).to.deep.equal([]);
  });

  it('leaves out a line that fits none', () => {
    const packer = setUp();
    expect(packer.add('12345678901')).to.equal(false);
    expect(packer.add('üüüüüü')).to.equal(false);
    expect(packer.isEmpty).to.equal(true);
    expect(packer.add('1234567890')).to.equal(true);
  });

  it('drops the oldest datagram when too many wait', () => {
    const packer = setUp(2);
    for (const digit of '12345') packer.add(digit.repeat(10));
    expect(packer.take()).to.deep.equal(['3333333333', '4444444444', '5555555555']);
  });
});
