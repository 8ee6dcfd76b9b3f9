import { expect } from 'chai';
import { optionsForRestart } from '../../../../agent/synapse/restart-options.ts';
import { synapseConfig } from '../../../support/synapse-config.ts';

describe('optionsForRestart of synapse', () => {
  it('names what only a restart takes in', () => {
    const before = synapseConfig({});
    expect(optionsForRestart(before, before)).to.deep.equal([]);
    const now = { ...before, state_path: '/other', zk_session_timeout_ms: 5_000, api_port: 1 };
    expect(optionsForRestart(before, now)).to.eql(['state_path', 'zk_session_timeout_ms']);
  });
});
