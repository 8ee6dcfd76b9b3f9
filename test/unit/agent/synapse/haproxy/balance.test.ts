import { expect } from 'chai';
import fc from 'fast-check';
import {
  balance,
  type Candidate,
  prefersOwn,
} from '../../../../../agent/synapse/haproxy/balance.ts';
import { weightOf } from '../../../../../agent/synapse/haproxy/server-line.ts';

interface Spec {
  readonly zone?: string;
  readonly up?: boolean;
  readonly draining?: boolean;
  readonly weight?: number;
}

function candidate({ zone, up = true, draining = false, weight }: Spec, index = 0): Candidate {
  return {
    line: {
      name: `s${index}`,
      address: `10.0.0.${index}:80`,
      words: ['check', ...(weight === undefined ? [] : ['weight', String(weight)])],
    },
    draining,
    up,
    labels: zone === undefined ? {} : { az: zone },
  };
}

function weights(specs: readonly Spec[], minShare?: number): readonly (number | undefined)[] {
  const zone =
    minShare === undefined ? undefined : { label: 'az', value: 'a', min_share: minShare };
  return balance(specs.map(candidate), zone).map(weightOf);
}

describe('balance', () => {
  it('leaves weights alone where nobody drains and no zone is preferred', () => {
    expect(weights([{ weight: 7 }, {}])).to.deep.equal([7, undefined]);
  });

  it('gives those who drain nothing while anybody else is up', () => {
    expect(weights([{ draining: true, weight: 7 }, {}])).to.deep.equal([0, undefined]);
  });

  it('lets those who drain serve where nobody else is up', () => {
    const drain = { draining: true, weight: 7 };
    expect(weights([drain, { up: false }])).to.deep.equal([7, undefined]);
    expect(weights([drain, drain])).to.deep.equal([7, 7]);
    expect(weights([drain, drain, { up: false }, {}])).to.deep.equal([0, 0, undefined, undefined]);
  });

  it('gives the own zone all but a trace', () => {
    const specs = [{ zone: 'a' }, { zone: 'b' }, { zone: 'a' }, {}];
    expect(weights(specs, 0.7)).to.deep.equal([256, 1, 256, 1]);
  });

  it('keeps the proportions of the own zone', () => {
    const specs = [
      { zone: 'a', weight: 50 },
      { zone: 'a', weight: 100 },
      { zone: 'b', weight: 90 },
    ];
    expect(weights(specs, 0.5)).to.deep.equal([100, 200, 1]);
  });

  it('gives no trace to whoever has weight 0', () => {
    expect(weights([{ zone: 'a' }, { zone: 'b', weight: 0 }], 0.5)).to.deep.equal([256, 0]);
  });

  it('spills over when the own zone has much less up than a zone has on average', () => {
    const zones = (ownUp: number): readonly Spec[] => [
      ...Array.from({ length: 10 }, (_, index) => ({ zone: 'a', up: index < ownUp })),
      ...Array.from({ length: 10 }, () => ({ zone: 'b' })),
    ];
    // Of 10 + 10, 5 is not 0.7 × 7.5; 6 is more than 0.7 × 8.
    expect(new Set(weights(zones(5), 0.7))).to.deep.equal(new Set([undefined]));
    expect(new Set(weights(zones(6), 0.7))).to.deep.equal(new Set([256, 1]));
    expect(new Set(weights(zones(0), 0))).to.deep.equal(new Set([undefined]));
  });

  it('does not count on those of the own zone who drain', () => {
    const specs = [{ zone: 'a', draining: true }, { zone: 'b' }, { zone: 'b' }];
    expect(weights(specs, 0.5)).to.deep.equal([0, undefined, undefined]);
  });

  const spec = fc.record({
    zone: fc.constantFrom('a', 'b', 'c'),
    up: fc.boolean(),
    draining: fc.boolean(),
    weight: fc.constantFrom(1, 2, 100, 256),
  });

  it('never takes traffic from all that are up, whatever drains and whatever zone they are in', () => {
    fc.assert(
      fc.property(
        fc.array(spec, { maxLength: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (specs, share) => {
          const given = weights(specs, share);
          const serving = specs.filter((one, index) => one.up && (given[index] ?? 1) > 0);
          expect(serving.length > 0).to.equal(specs.some(({ up }) => up));
          for (const weight of given) expect(weight).to.be.within(0, 256);
          // In every zone, so that HAProxy can go there by itself.
          const willing = specs.some(({ draining, up }) => up && !draining);
          specs.forEach(({ draining }, index) => {
            expect(given[index] === 0).to.equal(draining && willing);
          });
        },
      ),
    );
  });

  it('prefers the own zone of even ones, and spills more readily the higher the share', () => {
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 12 }), (specs) => {
        const candidates = specs.map(candidate);
        const at = (min_share: number) =>
          prefersOwn(candidates, { label: 'az', value: 'a', min_share });
        if (at(1)) expect(at(0.5)).to.equal(true);
        if (at(0.5)) expect(at(0)).to.equal(true);
        expect(at(0)).to.equal(specs.some(({ zone, up }) => zone === 'a' && up));
      }),
    );
  });
});
