/** Rules between entries of the catalog, on what is well-formed by itself. */
import { ensembleSize, hostIds, hostNames, unchangedIds } from './host-rules.ts';
import type { Problem } from './problem.ts';
import { membersOf } from './queries.ts';
import type { Catalog } from './schema.ts';
import {
  hostReferences,
  localPortsOnce,
  portsOncePerHost,
  reserved,
  serviceNames,
} from './service-rules.ts';

/** Ids as last deployed, by host name; empty for an environment that is not up yet. */
export type DeployedIds = Readonly<Record<string, number>>;

export interface RuleContext {
  /** Its well-formed entries only. */
  readonly catalog: Catalog;
  readonly deployed: DeployedIds;
  /** Hosts that are there but not well-formed: a reference to one is no second mistake. */
  readonly malformedHosts: ReadonlySet<string>;
}

type Rule = (context: RuleContext) => Problem[];

const rules: readonly Rule[] = [
  hostNames,
  hostIds,
  unchangedIds,
  ensembleSize,
  serviceNames,
  hostReferences,
  reserved,
  localPortsOnce,
  portsOncePerHost,
];

/** Every rule reports all that it finds. */
export function checkRules(context: RuleContext): Problem[] {
  return rules.flatMap((rule) => rule(context));
}

/** What is allowed but unwise. */
export function warnings(catalog: Catalog): Problem[] {
  const members = membersOf(catalog).length;
  if (members % 2 === 1) return [];
  return [
    {
      path: 'ensemble.size',
      message: `${members} members survive no more failures than ${members - 1}; use an odd number`,
    },
  ];
}
