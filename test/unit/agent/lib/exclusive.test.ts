import { expect } from 'chai';
import { createExclusive } from '../../../../agent/lib/exclusive.ts';

describe('createExclusive', () => {
  it('runs one after the other, whether or not the one before fails', async () => {
    const exclusive = createExclusive();
    const steps: string[] = [];
    const work = (name: string, fails: boolean) => async (): Promise<void> => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`${name} ends`);
      if (fails) throw new Error(name);
    };
    const results = await Promise.allSettled([
      exclusive(work('a', true)),
      exclusive(work('b', false)),
    ]);
    expect(steps).to.deep.equal(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(results.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled']);
  });
});
