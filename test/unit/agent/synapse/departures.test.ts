import { expect } from 'chai';
import {
  type DepartedInstance,
  followDepartures,
  missingFrom,
} from '../../../../agent/synapse/departures.ts';
import type { Instance } from '../../../../agent/synapse/instance.ts';

function instance(port: number, sequence = 1): Instance {
  return { host: '10.0.0.1', port, name: 'a', sequence, labels: {} };
}

function departed(port: number): DepartedInstance {
  return { instance: instance(port), reason: 'drained' };
}

describe('missingFrom', () => {
  it('names who is there in no form', () => {
    const expected = [instance(1), instance(2), { ...instance(1), name: 'b' }];
    expect(missingFrom([instance(1, 9)], expected)).to.deep.equal(expected.slice(1));
  });
});

describe('followDepartures', () => {
  it('remembers who left until it is back', () => {
    const one = followDepartures([], [departed(1)], []);
    const two = followDepartures(one, [departed(2)], []);
    expect(two).to.deep.equal([departed(1), departed(2)]);
    expect(followDepartures(two, [], [instance(1, 5)])).to.deep.equal([departed(2)]);
  });

  it('remembers each once, the last word of it', () => {
    const failing: DepartedInstance = { instance: instance(1), reason: 'failing' };
    expect(followDepartures([departed(1)], [failing], [])).to.deep.equal([failing]);
  });

  it('does not grow for ever', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => departed(index + 1));
    const kept = followDepartures(many, [departed(5_000)], []);
    expect(kept).to.have.length(1_000);
    expect(kept.at(-1)).to.deep.equal(departed(5_000));
  });
});
