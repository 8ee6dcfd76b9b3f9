import { expect } from 'chai';
import { synapseOptionsOfStart } from '../../../../agent/config/synapse.ts';
import { createRestartNotice } from '../../../../agent/lib/restart-notice.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';
import { synapseConfig } from '../../../support/synapse-config.ts';

describe('createRestartNotice', () => {
  it('names what only a restart takes in, once, and anew after it was taken back', () => {
    const logger = createRecordingLogger();
    const said = () => logger.lines.map(({ option }) => option);
    const before = synapseConfig({});
    const notice = createRestartNotice(before, synapseOptionsOfStart, logger);
    notice.follow(before);
    expect(said()).to.deep.equal([]);
    const now = { ...before, state_path: '/other', zk_session_timeout_ms: 5_000, api_port: 1 };
    notice.follow(now);
    notice.follow(now);
    expect(said()).to.eql(['state_path', 'zk_session_timeout_ms']);
    notice.follow(before);
    notice.follow({ ...before, state_path: '/other' });
    expect(said()).to.eql(['state_path', 'zk_session_timeout_ms', 'state_path']);
  });
});
