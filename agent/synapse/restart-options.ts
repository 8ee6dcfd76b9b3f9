import type { SynapseConfig } from '../config/synapse.ts';

const options = ['state_path', 'zk_session_timeout_ms', 'zk_digest_auth'] as const;

/** Options that differ, and that only a restart takes in. */
export function optionsForRestart(started: SynapseConfig, now: SynapseConfig): readonly string[] {
  return options.filter((option) => started[option] !== now[option]);
}
