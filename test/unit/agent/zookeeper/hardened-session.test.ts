import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import { anonymous } from '../../../../agent/zookeeper/access.ts';
import type {
  Connection,
  DialOptions,
  OpenOutcome,
} from '../../../../agent/zookeeper/connection.ts';
import { createZooKeeperSession } from '../../../../agent/zookeeper/hardened-session.ts';
import { createFakeClock, settle } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

interface Dialled {
  readonly options: DialOptions;
  open(outcome: OpenOutcome): Promise<void>;
  lose(): Promise<void>;
}

describe('createZooKeeperSession', () => {
  const setUp = (hosts: readonly string[]) => {
    const clock = createFakeClock();
    const dialled: Dialled[] = [];
    const connect = (options: DialOptions): Connection => {
      const opened = Promise.withResolvers<OpenOutcome>();
      const ended = Promise.withResolvers<string>();
      const end = (reason: string): void => {
        opened.resolve({ kind: 'failed', reason });
        ended.resolve(reason);
      };
      dialled.push({
        options,
        open: (outcome) => {
          opened.resolve(outcome);
          return settle();
        },
        lose: () => {
          end('lost');
          return settle();
        },
      });
      return {
        opened: opened.promise,
        ended: ended.promise,
        request: () => Promise.reject(new Error('not used')),
        zxid: Buffer.from([1]),
        breakOff: end,
        closeSession: async () => end('closed'),
      };
    };
    const logger = createRecordingLogger();
    const session = createZooKeeperSession({
      hosts,
      sessionTimeoutMs: 10_000,
      clock,
      random: () => 1,
      logger,
      connect,
      resolve: async (host) => [host],
    });
    const states: string[] = [];
    session.onState((state) =>
      states.push(state.kind === 'connected' ? `connected fresh=${state.fresh}` : state.kind),
    );
    session.start();
    return { clock, dialled, logger, session, states };
  };
  const established = (sessionId: string): OpenOutcome => ({
    kind: 'established',
    credentials: { sessionId, password: 'p' },
  });
  const failed: OpenOutcome = { kind: 'failed', reason: 'refused' };

  it('tries the next member after 100 ms, and backs off up to 2 s between rounds', async () => {
    const { clock, dialled } = setUp(['a', 'b']);
    const waits: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 14; attempt += 1) {
      await settle();
      await dialled[attempt]?.open(failed);
      waits.push(clock.nextWakeMs());
      await clock.advance(clock.nextWakeMs() ?? 0);
    }
    expect(waits.filter((_, index) => index % 2 === 0)).to.deep.equal(Array(7).fill(100));
    expect(waits.filter((_, index) => index % 2 === 1)).to.deep.equal([
      100, 200, 400, 800, 1_600, 2_000, 2_000,
    ]);
  });

  it('comes as somebody else by another connection of the same session, and once', async () => {
    const { clock, dialled, session, states } = setUp(['a']);
    const as = (who: string) => session.use({ ...anonymous, identities: [who] });
    as('me:1');
    await settle();
    expect(dialled[0]?.options.identities).to.deep.equal(['me:1']);
    await dialled[0]?.open(established('aa'));
    as('me:1');
    await settle();
    expect(states).to.deep.equal(['connected fresh=true']);
    as('me:2');
    await settle();
    await clock.advance(100);
    expect(dialled[1]?.options.identities).to.deep.equal(['me:2']);
    expect(dialled[1]?.options.resume?.credentials.sessionId).to.equal('aa');
    // Told on the way: what comes about is left again, and known for what it is.
    as('me:3');
    await dialled[1]?.open(established('bb'));
    await clock.advance(200);
    expect(dialled[2]?.options.identities).to.deep.equal(['me:3']);
    expect(dialled[2]?.options.resume?.credentials.sessionId).to.equal('bb');
    await dialled[2]?.open(established('bb'));
    expect(states).to.deep.equal([
      ...['connected fresh=true', 'suspended', 'connected fresh=true', 'suspended'],
      'connected fresh=false',
    ]);
  });

  it('takes another way by another connection of the same session, and once', async () => {
    const { clock, dialled, session, states } = setUp(['a']);
    await settle();
    await dialled[0]?.open(established('s1'));
    const through = () => session.use({ ...anonymous, tunnels: { 'a:2181': 'b:12191' } });
    through();
    await settle();
    await clock.advance(100);
    expect(dialled[1]?.options.server).to.deep.equal({ host: 'b', port: 12_191 });
    await dialled[1]?.open(established('s1'));
    through();
    await settle();
    expect(states).to.deep.equal(['connected fresh=true', 'suspended', 'connected fresh=false']);
  });

  it('takes the session over to the next connection, with the last transaction seen', async () => {
    const { clock, dialled, states } = setUp(['a']);
    await settle();
    expect(dialled[0]?.options.resume).to.equal(undefined);
    await dialled[0]?.open(established('s1'));
    await dialled[0]?.lose();
    await clock.advance(2_000);
    expect(dialled[1]?.options.resume).to.deep.equal({
      credentials: { sessionId: 's1', password: 'p' },
      zxid: Buffer.from([1]),
    });
    await dialled[1]?.open(established('s1'));
    expect(states).to.deep.equal(['connected fresh=true', 'suspended', 'connected fresh=false']);
  });

  it('forgets the transaction after a session time-out, never the session', async () => {
    const { clock, dialled } = setUp(['a']);
    await settle();
    await dialled[0]?.open(established('s1'));
    await dialled[0]?.lose();
    for (let attempt = 1; clock.now() < 12_000; attempt += 1) {
      await clock.advance(2_000);
      await dialled[attempt]?.open(failed);
    }
    await clock.advance(2_000);
    expect(dialled.at(-1)?.options.resume).to.deep.equal({
      credentials: { sessionId: 's1', password: 'p' },
      zxid: undefined,
    });
  });

  it('makes a new session once the server says that the old one has expired', async () => {
    const { clock, dialled, states, session } = setUp(['a']);
    await settle();
    await dialled[0]?.open(established('s1'));
    await dialled[0]?.lose();
    await clock.advance(2_000);
    await dialled[1]?.open({ kind: 'expired' });
    expect(session.sessionId).to.equal(undefined);
    await clock.advance(100);
    expect(dialled[2]?.options.resume).to.equal(undefined);
    await dialled[2]?.open(established('s2'));
    expect(states.slice(1)).to.deep.equal(['suspended', 'connecting', 'connected fresh=true']);
  });

  it('keeps backing off while connections last less than 5 s', async () => {
    const { clock, dialled } = setUp(['a']);
    const waits: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await settle();
      await dialled[attempt]?.open(established('s1'));
      await clock.advance(attempt === 2 ? 5_000 : 1_000);
      await dialled[attempt]?.lose();
      waits.push(clock.nextWakeMs());
      await clock.advance(clock.nextWakeMs() ?? 0);
    }
    expect(waits).to.deep.equal([100, 200, 100, 200]);
  });

  it('says once that its credentials are not taken, and tries again at its own pace', async () => {
    const { clock, dialled, logger, states } = setUp(['a']);
    const waits: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      await settle();
      await dialled[attempt]?.open({ kind: 'unauthenticated' });
      waits.push(clock.nextWakeMs());
      await clock.advance(clock.nextWakeMs() ?? 0);
    }
    expect(waits).to.deep.equal([100, 200, 400, 800, 1_600, 2_000, 2_000]);
    expect(states).to.deep.equal([]);
    expect(logger.events()).to.deep.equal(['zookeeper-authentication-failed']);
    await settle();
    await dialled[7]?.open(established('s1'));
    expect(states).to.deep.equal(['connected fresh=true']);
  });

  it('dials no more once it is abandoned', async () => {
    const { clock, dialled, session, states } = setUp(['a']);
    await settle();
    await dialled[0]?.open(established('s1'));
    session.abandon();
    await clock.advance(10_000);
    expect(dialled).to.have.length(1);
    expect(states.at(-1)).to.equal('closed');
    await session.close();
  });

  it('can be closed while it dials', async () => {
    const { clock, dialled, session } = setUp(['a']);
    await settle();
    await session.close();
    await clock.advance(10_000);
    expect(dialled).to.have.length(1);
  });
});
