import { expect } from 'chai';
import { planStep } from '../../../../infra/engine/plan.ts';
import { entry, goal } from './samples.ts';

describe('planStep', () => {
  it('creates what is not there', () => {
    expect(planStep(goal(), undefined).kind).to.equal('create');
  });

  it('creates again what was never seen to finish', () => {
    expect(planStep(goal(), entry({ pending: 'create' })).kind).to.equal('create');
  });

  it('leaves alone what is as wanted', () => {
    expect(planStep(goal(), entry()).kind).to.equal('same');
  });

  it('repeats an interrupted update even when nothing differs', () => {
    const step = planStep(goal(), entry({ pending: 'update' }));
    expect(step).to.deep.include({ kind: 'update', keys: [] });
  });

  it('replaces, deleting first where that is asked for', () => {
    const before = entry({ inputs: { triggers: [1] } });
    const wanted = goal({ inputs: { triggers: [2] } });
    expect(planStep(wanted, before)).to.deep.include({ kind: 'replace', deleteFirst: false });
    const first = { ...wanted, options: { ...wanted.options, deleteBeforeReplace: true } };
    expect(planStep(first, before)).to.deep.include({ kind: 'replace', deleteFirst: true });
  });
});
