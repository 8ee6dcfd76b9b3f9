import { expect } from 'chai';
import { createEnsembles } from '../../../../agent/zookeeper/ensembles.ts';
import { createZooKeeperSession } from '../../../../agent/zookeeper/hardened-session.ts';
import { sessionWith } from '../../../../agent/zookeeper/session-with.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('createEnsembles', () => {
  const setUp = () => {
    const created: string[] = [];
    const used: string[] = [];
    const ensembles = createEnsembles({
      create: (hosts) => {
        created.push(hosts.join());
        const session = createZooKeeperSession({
          hosts,
          sessionTimeoutMs: 10_000,
          clock: createFakeClock(),
          random: () => 0,
          logger: createRecordingLogger(),
          resolve: async () => [],
        });
        return sessionWith(session, {
          use: ({ identities }) => used.push(`${hosts} ${identities}`),
        });
      },
    });
    return { created, ensembles, used };
  };

  it('has one session for an ensemble, however its hosts are ordered', () => {
    const { created, ensembles } = setUp();
    const first = ensembles.session(['a:1', 'b:1']);
    expect(ensembles.session(['b:1', 'a:1'])).to.equal(first);
    expect(ensembles.session(['c:1'])).to.not.equal(first);
    expect(created).to.deep.equal(['a:1,b:1', 'c:1']);
  });

  it('lets all sessions come as who it is told, later ones too', () => {
    const { created, ensembles, used } = setUp();
    ensembles.session(['a:1']);
    ensembles.use({ identities: ['me:1'], acl: 'open', root: undefined });
    ensembles.session(['b:1']);
    expect(created).to.deep.equal(['a:1', 'b:1']);
    expect(used).to.deep.equal(['a:1 me:1', 'b:1 me:1']);
  });

  it('ends sessions that nobody uses any more', async () => {
    const { ensembles } = setUp();
    const unused = ensembles.session(['a:1']);
    ensembles.session(['b:1']);
    await ensembles.closeUnused([['b:1']]);
    expect(unused.state.kind).to.equal('closed');
    expect(ensembles.status()).to.deep.equal([{ hosts: 'b:1', state: 'connecting' }]);
  });
});
