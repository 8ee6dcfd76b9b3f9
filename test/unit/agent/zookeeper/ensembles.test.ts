import { expect } from 'chai';
import { createEnsembles } from '../../../../agent/zookeeper/ensembles.ts';
import { createZooKeeperSession } from '../../../../agent/zookeeper/hardened-session.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('createEnsembles', () => {
  const setUp = () => {
    const created: string[] = [];
    const ensembles = createEnsembles({
      create: (hosts) => {
        created.push(hosts.join());
        return createZooKeeperSession({
          hosts,
          sessionTimeoutMs: 10_000,
          clock: createFakeClock(),
          random: () => 0,
          logger: createRecordingLogger(),
          resolve: async () => [],
        });
      },
    });
    return { created, ensembles };
  };

  it('has one session for an ensemble, however its hosts are ordered', () => {
    const { created, ensembles } = setUp();
    const first = ensembles.session(['a:1', 'b:1']);
    expect(ensembles.session(['b:1', 'a:1'])).to.equal(first);
    expect(ensembles.session(['c:1'])).to.not.equal(first);
    expect(created).to.deep.equal(['a:1,b:1', 'c:1']);
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
