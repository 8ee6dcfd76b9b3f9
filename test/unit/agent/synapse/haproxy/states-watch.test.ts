import { expect } from 'chai';
import { AdminError } from '../../../../../agent/synapse/haproxy/admin.ts';
import { watchStates } from '../../../../../agent/synapse/haproxy/states-watch.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';

const heading =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight ' +
  'srv_time_since_last_change srv_check_result srv_check_state';

describe('watchStates', () => {
  let clock: FakeClock;
  let isUp: boolean;
  let savedUp: boolean | undefined;
  let servers: number;
  let isHeld: boolean;
  let asked: string[];
  let changes: number;
  let stop: AbortController;
  let ended: Promise<void>;

  beforeEach(() => {
    clock = createFakeClock();
    isUp = true;
    savedUp = undefined;
    servers = 1;
    isHeld = true;
    asked = [];
    changes = 0;
    stop = new AbortController();
    const row = (_: unknown, at: number): string =>
      `3 web ${at} s${at} 10.0.0.1 ${isUp ? 2 : 0} 0 1 1 ${clock.now()} 3 6`;
    const answer = (by: string): string => {
      asked.push(by);
      return `1\n${heading}\n${Array.from({ length: servers }, row).join('\n')}\n\n`;
    };
    const line = {
      ask: async () => {
        if (!isHeld) throw new AdminError('unreachable', 'no connection is held');
        return answer('line');
      },
    };
    const admin = { ask: async () => answer('admin') };
    ended = watchStates(
      {
        ...{ line, clock },
        admin: () => admin,
        areSaved: ([one]) => one?.up === savedUp,
        onChange: () => {
          changes += 1;
          savedUp = isUp;
        },
      },
      stop.signal,
    );
  });

  afterEach(async () => {
    stop.abort();
    await ended;
  });

  it('tells within two seconds what HAProxy found out by itself, once', async () => {
    await clock.advance(2_000);
    expect(changes).to.equal(1);
    isUp = false;
    await clock.advance(2_000);
    expect(changes).to.equal(2);
    await clock.advance(30_000);
    expect(changes).to.equal(2);
  });

  it('says nothing of what is saved already', async () => {
    savedUp = true;
    await clock.advance(6_000);
    expect(changes).to.equal(0);
    isUp = savedUp = false;
    await clock.advance(6_000);
    expect(changes).to.equal(0);
  });

  it('dials where no connection is held', async () => {
    isHeld = false;
    await clock.advance(2_000);
    expect(changes).to.equal(1);
  });

  it('asks for many servers more seldom, and on a connection of its own', async () => {
    servers = 5_000;
    await clock.advance(2_000);
    asked.length = 0;
    await clock.advance(50_000);
    expect(asked.filter((by) => by === 'admin')).to.have.length.within(9, 10);
    expect(asked).to.have.length(asked.filter((by) => by === 'admin').length);
  });
});
