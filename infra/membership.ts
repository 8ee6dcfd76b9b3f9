/** Who is in the ensemble: as the stack's outputs tell, and as it shall be. Pure. */
import { z } from 'zod';
import type { Problem } from '../agent/config/parse.ts';

export const membershipSchema = z.object({
  /** Addresses of the members that the ensemble was founded with, by name. */
  founders: z.record(z.string(), z.string()),
  /** Names; whoever has been a member longest comes first. */
  members: z.array(z.string()).readonly(),
  /** Whether they speak TLS; missing where no catalog ever said. */
  tls: z.boolean().optional(),
});

export type Membership = Readonly<z.output<typeof membershipSchema>>;

/** Told while no member has ever started: the next run founds the ensemble, be it elsewhere. */
export const unfounded: Membership = { founders: {}, members: [] };

export interface MembershipPlan {
  /** As it shall be; true once the ensemble is changed. */
  readonly next: Membership;
  /**
   * Whether members that find no ensemble may found it. Not where it was ever changed: members that
   * start with nothing, while those that know better are away, would be a second one.
   */
  readonly mayFound: boolean;
  /** Whether members of an ensemble that is there come or go. */
  readonly changes: boolean;
  /** Whether members of an ensemble that is there begin to speak TLS, or had begun. */
  readonly turnsTlsOn: boolean;
}

/**
 * @param last `undefined` for an environment that is not up yet
 * @param wanted addresses of the catalog's members, by name
 * @param tls whether the catalog has them speak TLS
 */
export function planMembership(
  last: Membership | undefined,
  wanted: Readonly<Record<string, string>>,
  tls?: boolean,
): MembershipPlan {
  const { founders, members: before } = last ?? { founders: wanted, members: Object.keys(wanted) };
  const staying = before.filter((name) => Object.hasOwn(wanted, name));
  const joining = Object.keys(wanted).filter((name) => !before.includes(name));
  return {
    next: { founders, members: [...staying, ...joining], ...(tls === undefined ? {} : { tls }) },
    mayFound: sameEntries(founders, wanted),
    changes: joining.length > 0 || staying.length < before.length,
    turnsTlsOn: tls === true && last !== undefined && last.tls !== true,
  };
}

/** What cannot be done to an ensemble that is there. */
export function membershipProblems(
  last: Membership | undefined,
  wanted: Readonly<Record<string, string>>,
  tls?: boolean,
): readonly Problem[] {
  const path = 'ensemble.tls';
  if (last === undefined) return [];
  if (last.tls === true && tls === undefined) {
    return [{ path, message: 'is on; say tls: false to turn it off, and leave it out after that' }];
  }
  const turns = (last.tls ?? false) !== (tls ?? false);
  if (!turns || !planMembership(last, wanted).changes) return [];
  const back = last.tls === true ? 'true' : 'false';
  const message =
    `changes together with the members, who would not understand each other; put ${back} back, ` +
    'run up, then change it';
  return [{ path, message }];
}

function sameEntries(
  some: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): boolean {
  const entries = Object.entries(some);
  const equal = entries.every(([name, value]) => others[name] === value);
  return equal && entries.length === Object.keys(others).length;
}
