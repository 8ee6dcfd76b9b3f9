import { expect } from 'chai';
import { createChangeLog } from '../../../../../agent/synapse/changes.ts';
import { createReloadPacer } from '../../../../../agent/synapse/haproxy/reload-pacer.ts';
import { RunningState } from '../../../../../agent/synapse/haproxy/running-state.ts';
import { composeSections } from '../../../../../agent/synapse/haproxy/sections.ts';
import { UnseenProxy } from '../../../../../agent/synapse/haproxy/unseen.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';
import { synapseConfig } from '../../../../support/synapse-config.ts';

const sections = composeSections(synapseConfig({}), 'host');
const desired = { ...sections, servers: new Map() };
const process = { pid: 1, version: '2.6', fingerprint: sections.fingerprint };

describe('UnseenProxy', () => {
  let clock: FakeClock;
  let state: RunningState;
  let reloads: number;
  let proxy: UnseenProxy;

  beforeEach(() => {
    clock = createFakeClock();
    state = new RunningState();
    reloads = 0;
    const logger = createRecordingLogger();
    const refuse = async (): Promise<never> => expect.fail();
    proxy = new UnseenProxy({
      files: {
        publish: async () => 'written',
        ...{ read: refuse, putBack: refuse, saveServerStates: refuse },
        ...{ exclusively: refuse, probe: refuse },
      },
      reloader: {
        reload: async () => {
          reloads += 1;
          return { ok: true, process };
        },
      },
      pacer: createReloadPacer({ clock, random: () => 0, intervalMs: 0, jitter: 0 }),
      ...{ sections, state, clock, logger, isWatched: true },
      changes: createChangeLog(clock, logger),
      signal: new AbortController().signal,
    });
  });

  it('reloads one that it never met: it may run without the socket', async () => {
    await proxy.pass(desired);
    expect(reloads).to.equal(1);
  });

  it('gives one that it knows a second to come back', async () => {
    state.meet(process, []);
    expect(await proxy.pass(desired)).to.deep.equal({ fileIsBehind: false, againInMs: 1_000 });
    await clock.advance(600);
    proxy.end();
    await clock.advance(600);
    expect(await proxy.pass(desired)).to.deep.equal({ fileIsBehind: false, againInMs: 1_000 });
    expect(reloads).to.equal(0);
    await clock.advance(1_000);
    await proxy.pass(desired);
    expect(reloads).to.equal(1);
  });
});
