/** The rules of each security group: decided here, made in `firewall.ts`. The rest is closed. */
import type { Problem } from '../../../agent/config/parse.ts';
import { type Cidr, type Flow, type Group, groups } from './flows.ts';
import type { PortRange } from './port-ranges.ts';

/** One rule of one security group. */
export interface FirewallRule extends PortRange {
  readonly group: Group;
  readonly direction: 'in' | 'out';
  readonly peer: Group | Cidr;
  readonly protocol: Flow['protocol'];
  readonly why: string;
}

/** A flow opens its source outwards and its destination inwards. */
export function planFirewall(flows: readonly Flow[]): readonly FirewallRule[] {
  const rules = flows.flatMap(rulesOf);
  // AWS refuses the same rule twice.
  return [...new Map(rules.map((rule) => [ruleName(rule), rule])).values()];
}

function rulesOf({ source, destination, ...rest }: Flow): readonly FirewallRule[] {
  return [
    ...(isGroup(source)
      ? [{ ...rest, group: source, direction: 'out' as const, peer: destination }]
      : []),
    ...(isGroup(destination)
      ? [{ ...rest, group: destination, direction: 'in' as const, peer: source }]
      : []),
  ];
}

export function isGroup(peer: Group | Cidr): peer is Group {
  return groups.some((group) => group === peer);
}

/** The same for the same rule, and for no other: a rule that changes is another one. */
export function ruleName({ group, direction, protocol, first, last, peer }: FirewallRule): string {
  const range = first === last ? first : `${first}-${last}`;
  return `${group}/${direction}-${protocol}-${range}-${direction === 'in' ? 'from' : 'to'}-${peer}`;
}

/**
 * @param quota Rules of one group in one direction: 60, unless you had it raised.
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export function quotaProblems(rules: readonly FirewallRule[], quota: number): readonly Problem[] {
  return groups.flatMap((group) =>
    (['in', 'out'] as const).flatMap((direction) => {
      const own = rules.filter((rule) => rule.group === group && rule.direction === direction);
      if (own.length <= quota) return [];
      const message =
        `is ${quota}, but hosts with the role ${group} need ${own.length} rules for what goes ` +
        `${direction}; give services ports in a row, which take one rule together, or have ` +
        "AWS's quota raised and put it here";
      return [{ path: 'smartstack:aws.rulesPerGroup', message }];
    }),
  );
}
