import { expect } from 'chai';
import {
  pickByWeight,
  placeOnDial,
  toWeights,
} from '../../../../../agent/synapse/resolvers/pick.ts';

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
  const pick = (weights: Readonly<Record<string, number>>, place: number): string | undefined =>
    pickByWeight(new Map(Object.entries(weights)), place);

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

  it('moves hosts one way only as a weight grows, and none when nothing changes', () => {
    const hosts = Array.from({ length: 1_000 }, (_, index) => `web_${index}`);
    const drawing = (a: number): Set<string> =>
      new Set(
        hosts.filter((host) => pick({ a, b: 100 - a }, placeOnDial(host, 's3://t/web')) === 'a'),
      );
    const [few, same, more] = [drawing(10), drawing(10), drawing(30)];
    expect([...few].every((host) => more.has(host))).to.equal(true);
    expect(same).to.deep.equal(few);
    expect(few.size).to.be.within(70, 130);
    expect(more.size).to.be.within(250, 350);
  });

  it('puts a host elsewhere for another file', () => {
    expect(placeOnDial('web_1', 's3://t/a')).not.to.equal(placeOnDial('web_1', 's3://t/b'));
  });
});
