/** Rules about hosts and the ensemble. */

import type { Problem } from '../../agent/config/parse.ts';
import { firstFree } from './free.ts';
import { isLegalName, legalNameRule, machineName, toLegalName } from './names.ts';
import { hostsWith } from './queries.ts';
import type { RuleContext } from './rule.ts';

export function hostNames({ hosts }: RuleContext): Problem[] {
  const seen = new Map<string, string>();
  return Object.keys(hosts).flatMap((name) => {
    const path = `hosts.${name}`;
    if (!isLegalName(name)) {
      return [{ path, message: `${legalNameRule}; try "${toLegalName(name)}"` }];
    }
    const other = seen.get(machineName(name));
    seen.set(machineName(name), name);
    if (other === undefined) return [];
    const message = `its machine name "${machineName(name)}" is also that of ${other}; rename one`;
    return [{ path, message }];
  });
}

export function hostIds({ hosts }: RuleContext): Problem[] {
  const seen = new Map<number, string>();
  return Object.entries(hosts).flatMap(([name, { id }]) => {
    const other = seen.get(id);
    if (other === undefined) {
      seen.set(id, name);
      return [];
    }
    const free = firstFree(id, new Set(Object.values(hosts).map((host) => host.id)));
    return [{ path: `hosts.${name}.id`, message: `${id} is also the id of ${other}; try ${free}` }];
  });
}

export function unchangedIds({ hosts, deployed }: RuleContext): Problem[] {
  return Object.entries(hosts).flatMap(([name, { id }]) => {
    const before = deployed[name]?.id;
    if (before === undefined || before === id) return [];
    const message =
      `was ${before} and cannot change while the host exists; put ${before} back, ` +
      'or add a host under a new name';
    return [{ path: `hosts.${name}.id`, message }];
  });
}

export function ensembleSize({ hosts, ensemble, malformedHosts }: RuleContext): Problem[] {
  const members = hostsWith(hosts, 'zookeeper');
  if (ensemble === undefined || malformedHosts.size > 0) return [];
  if (members.length === ensemble.size) return [];
  const named = members.length === 0 ? 'no host has' : `${members.join(', ')} have`;
  const message = `is ${ensemble.size}, but ${named} the role zookeeper; make them agree`;
  return [{ path: 'ensemble.size', message }];
}

/** A running ensemble changes one member at a time: somebody has to hand over what it knows. */
export function someMemberStays({ hosts, deployed, malformedHosts }: RuleContext): Problem[] {
  const before = hostsWith(deployed, 'zookeeper');
  const now = hostsWith(hosts, 'zookeeper');
  if (before.length === 0 || now.length === 0 || malformedHosts.size > 0) return [];
  if (before.some((name) => now.includes(name))) return [];
  const message =
    `none of the ensemble's members stays (${before.join(', ')}), and what it knows would be ` +
    'lost; keep one of them, run up, then take it out';
  return [{ path: 'hosts', message }];
}
