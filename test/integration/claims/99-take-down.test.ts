import { expect } from 'chai';
import { type Footprint, leftovers, machineFootprint } from '../support/footprint.ts';
import { measured, succeeds } from '../support/session.ts';

/** Set by `run.ts` when this run stood the environment up: only then it is ours to take down. */
const before: Footprint | undefined = process.env.SMARTSTACK_FOOTPRINT
  ? JSON.parse(process.env.SMARTSTACK_FOOTPRINT)
  : undefined;

describe('npm run down', () => {
  it('takes the environment away and leaves nothing of it behind', async function () {
    if (before === undefined) return this.skip();
    const run = await succeeds('down');
    measured('down', `${run.seconds.toFixed(0)} s`);
    expect(leftovers(before, await machineFootprint())).to.deep.equal([]);
  });
});
