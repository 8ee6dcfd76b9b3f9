import { expect } from 'chai';
import { anonymous } from '../../../../agent/zookeeper/access.ts';
import { createEnsembles } from '../../../../agent/zookeeper/ensembles.ts';
import { createZooKeeperSession } from '../../../../agent/zookeeper/hardened-session.ts';
import type { ZooKeeperSession } from '../../../../agent/zookeeper/session.ts';
import { sessionWith } from '../../../../agent/zookeeper/session-with.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

const openSession = (hosts: readonly string[]): ZooKeeperSession =>
  createZooKeeperSession({
    hosts,
    sessionTimeoutMs: 10_000,
    clock: createFakeClock(),
    random: () => 0,
    logger: createRecordingLogger(),
    resolve: async () => [],
  });

describe('createEnsembles', () => {
  const setUp = () => {
    const created: string[] = [];
    const used: string[] = [];
    const ensembles = createEnsembles({
      create: (hosts) => {
        created.push(hosts.join());
        return sessionWith(openSession(hosts), {
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
    ensembles.use({ ...anonymous, identities: ['me:1'] });
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

  it('keeps the session of an ensemble whose members come and go', async () => {
    const { created, ensembles } = setUp();
    const session = ensembles.session(['a:1', 'b:1']);
    expect(ensembles.session(['b:1', 'c:1'])).to.equal(session);
    expect(ensembles.status().map(({ hosts }) => hosts)).to.deep.equal(['a:1,b:1,c:1']);
    await ensembles.closeUnused([['b:1', 'c:1']]);
    expect(ensembles.status().map(({ hosts }) => hosts)).to.deep.equal(['b:1,c:1']);
    expect(session.state.kind).to.equal('connecting');
    expect(created).to.deep.equal(['a:1,b:1']);
  });

  it('takes lists with another chroot for other ensembles', () => {
    const { ensembles } = setUp();
    const session = ensembles.session(['a:1/one']);
    expect(ensembles.session(['a:1/two'])).to.not.equal(session);
    expect(ensembles.session(['b:1', 'a:1/one'])).to.equal(session);
  });

  it('takes over the session of a process that knew other members', () => {
    const credentials = { sessionId: '01', password: '02' };
    const resumed: unknown[] = [];
    const ensembles = createEnsembles({
      resume: new Map([['a:1,b:1', credentials]]),
      create: (hosts, resume) => {
        resumed.push(resume);
        return openSession(hosts);
      },
    });
    ensembles.session(['b:1', 'c:1']);
    ensembles.session(['d:1']);
    expect(resumed).to.deep.equal([credentials, undefined]);
  });
});
