import { expect } from 'chai';
import { Heals } from '../../../integration/harness/heals.ts';

describe('what is broken', () => {
  it('is healed once, the last first', async () => {
    const heals = new Heals();
    const healed: string[] = [];
    const early = heals.add(async () => void healed.push('first'));
    heals.add(async () => void healed.push('second'));
    heals.add(async () => void healed.push('third'));
    await early();
    await early();
    await heals.all();
    await heals.all();
    expect(healed).to.deep.equal(['first', 'third', 'second']);
  });

  it('is healed though something else cannot be, and what cannot be is tried again', async () => {
    const heals = new Heals();
    const healed: string[] = [];
    let stubborn = true;
    heals.add(async () => void healed.push('first'));
    heals.add(async () => {
      if (stubborn) throw new Error('not now');
      healed.push('stubborn');
    });
    const failure = await heals.all().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(AggregateError);
    expect(healed).to.deep.equal(['first']);
    stubborn = false;
    await heals.all();
    expect(healed).to.deep.equal(['first', 'stubborn']);
  });
});
