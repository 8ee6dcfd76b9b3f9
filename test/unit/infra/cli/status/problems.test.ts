import { expect } from 'chai';
import type { HostStatus, Reachable } from '../../../../../infra/cli/status/host-status.ts';
import { problemsOf } from '../../../../../infra/cli/status/problems.ts';

const host = (parts: Partial<Reachable>): HostStatus => ({
  ...{ answers: true, address: '10.0.0.1', roles: [], units: {}, zookeeper: undefined },
  ...{ nerve: undefined, synapse: undefined, proxies: [] },
  ...parts,
});
const member = (mode: string): HostStatus =>
  host({ roles: ['zookeeper'], zookeeper: { mode, version: undefined, connections: 1 } });

describe('problemsOf', () => {
  it('finds none in a whole environment', () => {
    const hosts = { a: member('leader'), b: member('follower') };
    const up = {
      instance: 'c',
      health: 'up',
      withheld: undefined,
      registered: true,
      seenBy: { c: 'UP', d: 'no check' },
    };
    expect(problemsOf(hosts, { web: [up] })).to.deep.equal([]);
  });

  it('names silent hosts and units that are not active', () => {
    const silent = { answers: false, address: '', roles: [], error: 'no answer' } as const;
    const units = { nerve: { state: 'failed', detail: '', restarts: 9 } };
    expect(problemsOf({ a: silent, b: host({ units }) }, {})).to.deep.equal([
      'a does not answer: no answer',
      'b: nerve is failed',
    ]);
  });

  it('wants exactly one leader, and every member at work', () => {
    expect(problemsOf({ a: member('none'), b: member('follower') }, {})).to.deep.equal([
      'a: its ZooKeeper serves nobody',
      'the ensemble has 0 leaders',
    ]);
  });

  it('names instances that are not registered, or not up for a consumer', () => {
    const down = {
      ...{ instance: 'a', health: 'down', withheld: undefined },
      ...{ registered: false, seenBy: { b: 'MAINT' } },
    };
    expect(problemsOf({}, { web: [down] })).to.deep.equal([
      'web on a is not registered (down)',
      'web on a is MAINT for b',
    ]);
  });

  it('says why nerve keeps an instance out that is well', () => {
    const drained = {
      ...{ instance: 'a', health: 'up', withheld: 'drained: new kernel' },
      ...{ registered: false, seenBy: {} },
    };
    expect(problemsOf({}, { web: [drained] })).to.deep.equal([
      'web on a is not registered (drained: new kernel)',
    ]);
  });
});
