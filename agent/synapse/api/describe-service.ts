/** A service as the API shows it: its instances, and where each fact comes from. */

import type { TakenOut } from '../hands/hands.ts';
import type { ActualServer } from '../haproxy/answers.ts';
import { serverName } from '../instance.ts';
import type { Member } from '../select.ts';
import type { ServiceEntry } from '../service-book.ts';
import type { Refusal } from '../settings/overlay.ts';

/** `servers` are those of its backend, `refused` the settings from the registry that are left out. */
export function describeService(
  { watcher, found, selection, departed, config }: ServiceEntry,
  backend: string | undefined,
  servers: readonly ActualServer[],
  refused: readonly Refusal[],
): object {
  const own = new Map(servers.map((one) => [one.name, one]));
  const { method, watching, listings, reads } = watcher.status;
  return {
    backend,
    port: config.haproxy.port,
    source: selection.source,
    discovery: { method, watching, listings, reads },
    zone: config.zone ?? null,
    guarded: selection.members.filter(({ guarded }) => guarded !== undefined).length,
    rejected: found?.rejected ?? [],
    refused_settings: refused.map(({ option, reason }) => ({ option, reason })),
    instances: selection.members.map((member) =>
      describeMember(member, own.get(serverName(member.instance))),
    ),
    departed: departed.map(({ instance: { host, port, name: id }, reason }) => {
      return { host, port, name: id, reason };
    }),
  };
}

/** `haproxy` is what HAProxy itself says of the server; none while it does not have it. */
function describeMember(
  { instance, origin, guarded, pin, out }: Member,
  actual: ActualServer | undefined,
): object {
  const { host, port, name, weight, labels, draining, downtimeAtSeconds } = instance;
  return {
    ...{ server: serverName(instance), host, port, name, weight, labels },
    draining: draining ?? false,
    downtime_at: downtimeAtSeconds,
    origin,
    guarded: guarded === undefined ? null : describeSpell(guarded),
    pinned: pin === undefined ? null : describeDecision(pin),
    taken_out: out === undefined ? null : { mode: out.mode, ...describeDecision(out) },
    haproxy: actual && {
      ...{ admin: actual.admin, up: actual.up, weight: actual.weight, check: actual.check },
    },
  };
}

function describeDecision({ reason, by, ...spell }: Omit<TakenOut, 'mode'>): object {
  return { reason, by, ...describeSpell(spell) };
}

function describeSpell({
  sinceMs,
  untilMs,
}: {
  readonly sinceMs: number;
  readonly untilMs?: number;
}): object {
  return {
    since: new Date(sinceMs).toISOString(),
    until: untilMs === undefined ? null : new Date(untilMs).toISOString(),
  };
}
