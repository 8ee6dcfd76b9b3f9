/**
 * What of a configuration is used: judged whole, by the schema and by HAProxy, before anything
 * changes. A service whose own file is bad stays as it runs, or is left out where none runs.
 */
import type { SynapseConfig } from '../config/synapse.ts';
import type { LoadedSynapse } from '../config/synapse-file.ts';
import type { CheckResult } from './haproxy/config-file.ts';
import { keepRefused } from './kept-services.ts';
import { usableServices } from './usable-services.ts';

export type ChosenConfig =
  | {
      readonly ok: true;
      readonly config: SynapseConfig;
      /** Of the files that are not used. */
      readonly problems: readonly string[];
    }
  | { readonly ok: false; readonly by: 'schema' | 'haproxy'; readonly problems: readonly string[] };

/** `running`: what is in force, if anything. */
export async function chooseConfig(
  loaded: LoadedSynapse,
  running: SynapseConfig | undefined,
  check: (config: SynapseConfig) => Promise<CheckResult>,
): Promise<ChosenConfig> {
  if (!loaded.ok) return { ...loaded, by: 'schema' };
  const keep = (config: SynapseConfig, refused: Iterable<string>) =>
    running === undefined ? { ok: true as const, config } : keepRefused(config, refused, running);
  const kept = keep(loaded.config, loaded.rejected.keys());
  if (!kept.ok) return { ...kept, by: 'schema' };
  const usable = await usableServices(kept.config, loaded.files, check);
  if (!usable.ok) return { ok: false, by: 'haproxy', problems: [usable.output] };
  const { refused } = usable;
  const problems = [...loaded.rejected.values(), ...refused.values()].flat();
  if (refused.size === 0) return { ok: true, config: kept.config, problems };
  const whole = keep(usable.config, refused.keys());
  if (!whole.ok) return { ...whole, by: 'schema' };
  const checked = await check(whole.config);
  if (!checked.ok) return { ok: false, by: 'haproxy', problems: [checked.output] };
  return { ok: true, config: whole.config, problems };
}
