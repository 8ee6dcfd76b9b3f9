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

/** A running ensemble changes by reconfiguration, which the program does not drive yet. */
export function unchangedMembers({ hosts, deployed, malformedHosts }: RuleContext): Problem[] {
  const before = hostsWith(deployed, 'zookeeper');
  const now = hostsWith(hosts, 'zookeeper');
  if (before.length === 0 || malformedHosts.size > 0) return [];
  return [...new Set([...before, ...now])]
    .filter((name) => before.includes(name) !== now.includes(name))
    .map((name) => ({
      path: `hosts.${name}`,
      message:
        `${before.includes(name) ? 'leaves' : 'joins'} a running ensemble, which is not ` +
        `supported yet; keep the members ${before.join(', ')}`,
    }));
}
