/** A reload with bad files in it: their services stay as they run. Pure. */
import type { SynapseConfig } from '../config/synapse.ts';
import { claimsOf } from '../config/synapse-claims.ts';

export type WithKept =
  | { readonly ok: true; readonly config: SynapseConfig }
  /** What stays stands in the way of what is new. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** `refused`: services whose file is bad. */
export function keepRefused(
  config: SynapseConfig,
  refused: Iterable<string>,
  running: SynapseConfig,
): WithKept {
  const names = new Set(refused);
  const kept = Object.entries(running.services).filter(([name]) => names.has(name));
  if (kept.length === 0) return { ok: true, config };
  const owners = new Map(
    Object.entries(config.services).flatMap(([name, service]) =>
      claimsOf(name, service, config).map(({ what }) => [what, name] as const),
    ),
  );
  const problems = kept.flatMap(([name, service]) =>
    claimsOf(name, service, config).flatMap(({ what }) => {
      const owner = owners.get(what);
      if (owner === undefined) return [];
      const reason = `is taken by the service ${name}, which stays because its own file is bad`;
      return [`services.${owner}: ${what} ${reason}; must be another one, or that file good`];
    }),
  );
  if (problems.length > 0) return { ok: false, problems };
  const services = { ...config.services, ...Object.fromEntries(kept) };
  return { ok: true, config: { ...config, services } };
}
