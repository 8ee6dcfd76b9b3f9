import type { NerveConfig } from '../config/nerve.ts';

const options = ['zk_session_timeout_ms', 'zk_digest_auth', 'zk_acl', 'state_path'] as const;

/** Options that differ, and that only a restart takes in. */
export function optionsForRestart(started: NerveConfig, now: NerveConfig): readonly string[] {
  return options.filter((option) => started[option] !== now[option]);
}
