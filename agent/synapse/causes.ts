/** Why HAProxy gets something changed, for those who ask later. Pure. */
import type { Step } from './haproxy/plan.ts';
import { type Instance, serverName } from './instance.ts';
import type { Member } from './select.ts';
import type { ServiceEntry } from './service-book.ts';

/** `undefined` where there is nothing to say. */
export function causeOf(
  step: Pick<Step, 'kind' | 'server'>,
  entry: ServiceEntry | undefined,
): string | undefined {
  if (entry === undefined) return undefined;
  const isMeant = (instance: Instance): boolean => serverName(instance) === step.server;
  const member = entry.selection.members.find(({ instance }) => isMeant(instance));
  switch (step.kind) {
    case 'add-server':
    case 'restore-server':
    case 'finish-adding':
      return member && causeOfPresence(member);
    case 'retire-server':
    case 'delete-server':
      return causeOfAbsence(member, entry, isMeant);
    case 'set-weight':
      return member && causeOfWeight(member, entry);
    case 'set-address':
      return 'its host name has another address';
  }
}

function causeOfPresence({ origin, pin }: Member): string {
  switch (origin) {
    case 'registry':
      return 'found';
    case 'file':
      return 'known from the state file';
    case 'previous':
      return 'last of its service';
    case 'default':
      return 'a default server';
    case 'guard':
      return 'held by the guard';
    case 'pinned':
      return `pinned by ${pin?.by ?? 'somebody'}: ${pin?.reason ?? 'no reason given'}`;
  }
}

function causeOfAbsence(
  member: Member | undefined,
  { departed }: ServiceEntry,
  isMeant: (instance: Instance) => boolean,
): string {
  if (member?.out !== undefined) return `taken out by ${member.out.by}: ${member.out.reason}`;
  const left = departed.find(({ instance }) => isMeant(instance));
  if (left !== undefined) return `it said that it leaves: ${left.reason ?? 'no known reason'}`;
  return member === undefined ? 'gone' : 'it cannot be a server as it is';
}

function causeOfWeight({ instance, out }: Member, { config }: ServiceEntry): string {
  if (out !== undefined) return `drained by ${out.by}: ${out.reason}`;
  if (instance.draining === true) return 'it drains, or all others are down';
  return config.zone === undefined ? 'its weight changed' : 'the zone that is preferred changed';
}
