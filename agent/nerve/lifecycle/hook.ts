import { type GroupResult, runInGroup } from '../../lib/run-in-group.ts';
import type { CommandDefinition } from '../definition.ts';

/** `reason` is one line for logs and status; it may quote what the program said. */
export type HookResult = GroupResult;

/**
 * Runs a service's `pre_up` or `pre_down` to its end, its time-out or the abort; never rejects.
 * `environment` comes on top of this process's own.
 */
export type RunHook = (
  hook: CommandDefinition,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HookResult>;

export const runHook: RunHook = (hook, environment, signal) =>
  runInGroup({ ...hook, environment }, signal);
