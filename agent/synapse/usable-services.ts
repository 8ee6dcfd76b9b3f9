/** A text that HAProxy does not take, without the services whose own files are to blame. */
import type { SynapseConfig } from '../config/synapse.ts';
import type { CheckResult } from './haproxy/config-file.ts';

export interface Usable {
  readonly config: SynapseConfig;
  /** By the service's name: what HAProxy says of the text with it. */
  readonly refused: ReadonlyMap<string, readonly string[]>;
}

export type UsableResult =
  | ({ readonly ok: true } & Usable)
  /** It is not the files: HAProxy's complaint about all of it. */
  | { readonly ok: false; readonly output: string };

/** `files`: those that services come from, by name; one of them at a time is judged with the rest. */
export async function usableServices(
  config: SynapseConfig,
  files: ReadonlyMap<string, string>,
  check: (config: SynapseConfig) => Promise<CheckResult>,
): Promise<UsableResult> {
  const all = await check(config);
  if (all.ok) return { ok: true, config, refused: new Map() };
  const own = Object.entries(config.services).filter(([name]) => !files.has(name));
  const refused = new Map<string, readonly string[]>();
  for (const [name, service] of Object.entries(config.services)) {
    const file = files.get(name);
    if (file === undefined) continue;
    const services = Object.fromEntries([...own, [name, service]]);
    const result = await check({ ...config, services });
    if (!result.ok) refused.set(name, [`${file}: HAProxy does not take it: ${result.output}`]);
  }
  const rest = Object.entries(config.services).filter(([name]) => !refused.has(name));
  const left = { ...config, services: Object.fromEntries(rest) };
  const result = await check(left);
  return result.ok ? { ok: true, config: left, refused } : { ok: false, output: all.output };
}
