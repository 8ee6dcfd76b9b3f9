import { expect } from 'chai';
import { StateRow } from '../../../../../agent/synapse/haproxy/state-row.ts';

describe('StateRow', () => {
  const rowOf = (text: string): StateRow => {
    const row = new StateRow();
    row.become('an earlier and longer row');
    row.become(text);
    return row;
  };

  it('cuts out the cells that it is asked for', () => {
    const row = rowOf('one two  four');
    expect([0, 1, 2, 3, 4, -1].map((index) => row.cell(index))).to.deep.equal([
      'one',
      'two',
      '',
      'four',
      '',
      '',
    ]);
  });

  it('gives its text with other cells, and none that it does not have', () => {
    const cells = new Map([
      [3, '40'],
      [1, ''],
      [-1, 'before'],
      [9, 'after'],
    ]);
    expect(rowOf('1 2 3 4').with(cells)).to.equal('1  3 40');
    expect(rowOf('1 2 3 4').with(new Map())).to.equal('1 2 3 4');
  });
});
