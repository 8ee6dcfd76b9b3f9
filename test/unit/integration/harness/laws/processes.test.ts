import { expect } from 'chai';
import {
  growth,
  type ProcessState,
  unasked,
} from '../../../../integration/harness/laws/processes.ts';

const before: ProcessState = {
  ...{ host: 'one', unit: 'synapse', pid: '132', startedAt: '1000' },
  ...{ descriptors: 20, memoryMb: 60 },
};
const grown: ProcessState = { ...before, descriptors: 25, memoryMb: 113 };

describe('processes', () => {
  const gains = (...after: readonly ProcessState[]): readonly (number | undefined)[] =>
    growth([before], after).map(({ measured }) => measured);

  it('grow by what the same process has more', () => {
    expect(gains({ ...before, unit: 'nerve', pid: '7' }, grown)).to.deep.equal([5, 53]);
  });

  it('do not grow where another one has the number, after a reboot', () => {
    expect(gains({ ...grown, startedAt: '2000' })).to.deep.equal([0, 0]);
    expect(gains({ ...grown, unit: 'nerve' })).to.deep.equal([0, 0]);
    expect(gains()).to.deep.equal([0, 0]);
  });

  it('are not restarted without cause, under the same number or another', () => {
    expect(unasked([before], [grown], [])).to.deep.equal([]);
    for (const after of [[{ ...before, pid: '133' }], [{ ...before, startedAt: '2000' }], []]) {
      expect(unasked([before], after, [])).to.have.lengthOf(1);
      expect(unasked([before], after, [{ host: 'one', unit: '*' }])).to.deep.equal([]);
      expect(unasked([before], after, [{ host: 'one', unit: 'synapse' }])).to.deep.equal([]);
    }
  });
});
