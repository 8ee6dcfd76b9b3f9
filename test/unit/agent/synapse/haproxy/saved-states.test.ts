import { expect } from 'chai';
import type { ActualServer } from '../../../../../agent/synapse/haproxy/answers.ts';
import { SavedStates } from '../../../../../agent/synapse/haproxy/saved-states.ts';

function server(backend: string, more: Partial<ActualServer> = {}): ActualServer {
  return {
    ...{ backend, backendId: 1, name: 'a', id: 1, address: '10.0.0.1', port: 80 },
    ...{
      admin: 'ready',
      up: true,
      weight: 1,
      initialWeight: 1,
      check: 'passing',
      unfinished: false,
    },
    ...more,
  };
}

describe('SavedStates', () => {
  it('are behind before anything was saved, and where a server is another way', () => {
    const states = new SavedStates();
    expect(states.areBehind({ of: 'all', servers: [] })).to.equal(true);
    const servers = [server('web'), server('api')];
    expect(states.areBehind({ of: 'all', servers })).to.equal(true);
    states.saved(servers);
    const behind = (of: 'all' | readonly string[], ...now: readonly ActualServer[]): boolean =>
      states.areBehind({ of: of === 'all' ? of : new Set(of), servers: now });
    expect(behind('all', ...servers)).to.equal(false);
    expect(behind(['api'], server('api'))).to.equal(false);
    expect(behind(['api'], server('api', { admin: 'drain' }))).to.equal(true);
    expect(behind('all', server('web'), server('api', { up: false }))).to.equal(true);
    expect(behind('all', server('web'))).to.equal(true);
  });
});
