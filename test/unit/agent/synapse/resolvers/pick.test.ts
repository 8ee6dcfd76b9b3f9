import { expect } from 'chai';
import { pickByWeight, toWeights } from '../../../../../agent/synapse/resolvers/pick.ts';

describe('toWeights', () => {
  it('takes whole weights by name, and nothing else', () => {
    expect([...(toWeights({ a: 1, b: 0 }) ?? [])]).to.deep.equal([
      ['a', 1],
      ['b', 0],
    ]);
    for (const bad of [null, 'a', [1], { a: -1 }, { a: 1.5 }, { a: '1' }, { a: 1, b: null }]) {
      expect(toWeights(bad), JSON.stringify(bad)).to.equal(undefined);
    }
  });
});

describe('pickByWeight', () => {
  const pick = (weights: Readonly<Record<string, number>>, random: number): string | undefined =>
    pickByWeight(new Map(Object.entries(weights)), random);

  it('draws each as often as it weighs', () => {
    const weights = { a: 1, never: 0, b: 3 };
    expect([0, 0.2499, 0.25, 0.5, 0.9999].map((one) => pick(weights, one))).to.deep.equal([
      'a',
      'a',
      'b',
      'b',
      'b',
    ]);
  });

  it('draws nothing where nothing weighs anything', () => {
    expect(pick({ a: 0, b: 0 }, 0)).to.equal(undefined);
    expect(pick({}, 0)).to.equal(undefined);
  });
});
