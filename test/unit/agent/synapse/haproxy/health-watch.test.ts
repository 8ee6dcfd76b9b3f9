import { expect } from 'chai';
import {
  type WatchedBackends,
  watchHealth,
} from '../../../../../agent/synapse/haproxy/health-watch.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';

const heading =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight ' +
  'srv_check_result srv_check_state';

describe('watchHealth', () => {
  let clock: FakeClock;
  let watched: WatchedBackends;
  let isUp: boolean;
  let changes: string[];
  let stop: AbortController;
  let ended: Promise<void>;

  beforeEach(() => {
    clock = createFakeClock();
    watched = { urgent: [], calm: [] };
    isUp = true;
    changes = [];
    stop = new AbortController();
    const row = (): string => `3 web 1 a 10.0.0.1 ${isUp ? 2 : 0} 0 1 1 3 6`;
    ended = watchHealth(
      {
        clock,
        admin: () => ({ ask: async () => `1\n${heading}\n${row()}\n\n` }),
        backends: () => watched,
        onChange: (backends) => changes.push(...backends),
      },
      stop.signal,
    );
  });

  afterEach(async () => {
    stop.abort();
    await ended;
  });

  it('looks at nothing where nothing depends on it', async () => {
    isUp = false;
    await clock.advance(5_000);
    expect(changes).to.deep.equal([]);
  });

  it('tells of a backend that is new to it, and then of changes alone', async () => {
    watched = { urgent: [], calm: ['web'] };
    await clock.advance(3_000);
    expect(changes).to.deep.equal(['web']);
    isUp = false;
    await clock.advance(1_000);
    expect(changes).to.deep.equal(['web', 'web']);
    await clock.advance(10_000);
    expect(changes).to.have.length(2);
  });

  it('looks more often where requests fail until synapse knows', async () => {
    watched = { urgent: ['web'], calm: [] };
    await clock.advance(2_000);
    changes.length = 0;
    isUp = false;
    await clock.advance(200);
    expect(changes).to.deep.equal(['web']);
  });
});
