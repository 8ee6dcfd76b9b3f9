/** Rules about hosts and the ensemble. */
import { firstFree } from './free.ts';
import { isLegalName, legalNameRule, machineName, toLegalName } from './names.ts';
import type { Problem } from './problem.ts';
import { membersOf } from './queries.ts';
import type { RuleContext } from './rules.ts';

export function hostNames({ catalog: { hosts } }: RuleContext): Problem[] {
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

export function hostIds({ catalog: { hosts } }: RuleContext): Problem[] {
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

export function unchangedIds({ catalog: { hosts }, deployed }: RuleContext): Problem[] {
  return Object.entries(hosts).flatMap(([name, { id }]) => {
    const before = deployed[name];
    if (before === undefined || before === id) return [];
    const message =
      `was ${before} and cannot change while the host exists; put ${before} back, ` +
      'or add a host under a new name';
    return [{ path: `hosts.${name}.id`, message }];
  });
}

export function ensembleSize({ catalog, malformedHosts }: RuleContext): Problem[] {
  if (malformedHosts.size > 0) return [];
  const members = membersOf(catalog);
  const { size } = catalog.ensemble;
  if (members.length === size) return [];
  const named = members.length === 0 ? 'no host' : `${members.length} (${members.join(', ')})`;
  const message = `is ${size}, but ${named} of the hosts has the role zookeeper; make them equal`;
  return [{ path: 'ensemble.size', message }];
}
