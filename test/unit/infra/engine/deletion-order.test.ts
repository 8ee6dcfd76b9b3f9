import { expect } from 'chai';
import { planDeletions } from '../../../../infra/engine/deletion-order.ts';
import type { Entry } from '../../../../infra/engine/state.ts';
import { entry } from './samples.ts';

const named = (urn: string, parts: Partial<Entry> = {}): Entry => entry({ urn, id: urn, ...parts });
const withOptions = (urn: string, options: Partial<Entry['options']>): Entry =>
  named(urn, { options: { ...entry().options, ...options } });

describe('planDeletions', () => {
  it('puts dependents first', () => {
    const plan = planDeletions([
      named('base'),
      named('top', { dependencies: ['base', 'elsewhere'] }),
    ]);
    expect(plan.map(({ entry: { urn }, after }) => [urn, after])).to.deep.equal([
      ['base', ['top']],
      ['top', []],
    ]);
  });

  it('forgets what goes with a machine that goes, before the machine', () => {
    const [machine, file] = planDeletions([
      named('machine'),
      withOptions('file', { deletedWith: 'machine' }),
    ]);
    expect(file?.how).to.equal('forget');
    expect(machine).to.deep.include({ how: 'run', after: ['file'] });
  });

  it('runs the delete of what would go with a machine that stays', () => {
    expect(planDeletions([withOptions('file', { deletedWith: 'machine' })])[0]?.how).to.equal(
      'run',
    );
  });

  it('forgets what is to be retained, and refuses what is protected', () => {
    const plan = planDeletions([
      withOptions('retained', { retainOnDelete: true }),
      withOptions('protected', { protect: true, retainOnDelete: true }),
    ]);
    expect(plan.map(({ how }) => how)).to.deep.equal(['forget', 'refuse']);
  });
});
