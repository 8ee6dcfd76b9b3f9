import { expect } from 'chai';
import {
  type Hands,
  isIdle,
  noHands,
  stillValid,
  withPin,
  withTakenOut,
} from '../../../../../agent/synapse/hands/hands.ts';

const decision = { reason: 'r', by: 'b', sinceMs: 0 };
const instance = { host: 'h', port: 1, labels: {} };

describe('what operators decide', () => {
  it('is changed one instance at a time', () => {
    const pinned = withPin(noHands, 'a', { ...decision, instance });
    const both = withTakenOut(pinned, 'b', { ...decision, mode: 'drain' });
    expect([...both.pinned.keys(), ...both.out.keys()]).to.deep.equal(['a', 'b']);
    const later = withTakenOut(both, 'b', { ...decision, mode: 'maintenance' });
    expect(later.out.get('b')).to.include({ mode: 'maintenance' });
    const none = withPin(withTakenOut(later, 'b', undefined), 'a', undefined);
    expect(isIdle(none)).to.equal(true);
    expect(isIdle(both)).to.equal(false);
  });

  it('ends at its time, or never', () => {
    const hands: Hands = {
      pinned: new Map([['a', { ...decision, instance, untilMs: 10 }]]),
      out: new Map([['b', { ...decision, mode: 'drain' }]]),
    };
    expect(stillValid(hands, 9)).to.equal(hands);
    const { pinned, out } = stillValid(hands, 10);
    expect([pinned.size, out.size]).to.deep.equal([0, 1]);
  });
});
