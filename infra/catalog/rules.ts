/** Rules between entries of the catalog, on what is well-formed by itself. */

import type { Problem } from '../../agent/config/parse.ts';
import { ensembleSize, hostIds, hostNames, someMemberStays, unchangedIds } from './host-rules.ts';
import { modulesExist, warmUpHasHeight } from './nerve-rules.ts';
import { httpAlone, oneZoneEach, zonesKnown } from './proxy-rules.ts';
import { hostsWith } from './queries.ts';
import type { Rule, RuleContext } from './rule.ts';
import type { Catalog } from './schema.ts';
import {
  callsReach,
  filesExist,
  hostReferences,
  localPortsOnce,
  portsOncePerHost,
  programsExist,
  reserved,
  serviceNames,
} from './service-rules.ts';
import { ensembleTlsPortsFree, tlsNamesFree, tlsPortsFree } from './tls-rules.ts';

const rules: readonly Rule[] = [
  hostNames,
  hostIds,
  unchangedIds,
  ensembleSize,
  someMemberStays,
  serviceNames,
  hostReferences,
  callsReach,
  reserved,
  localPortsOnce,
  portsOncePerHost,
  tlsNamesFree,
  tlsPortsFree,
  ensembleTlsPortsFree,
  filesExist,
  programsExist,
  modulesExist,
  warmUpHasHeight,
  httpAlone,
  zonesKnown,
  oneZoneEach,
];

/** Every rule reports all that it finds. */
export function checkRules(context: RuleContext): Problem[] {
  return rules.flatMap((rule) => rule(context));
}

/** What is allowed but unwise. */
export function warnings(catalog: Catalog): Problem[] {
  const members = hostsWith(catalog.hosts, 'zookeeper').length;
  if (members % 2 === 1) return [];
  return [
    {
      path: 'ensemble.size',
      message: `${members} members survive no more failures than ${members - 1}; use an odd number`,
    },
  ];
}
