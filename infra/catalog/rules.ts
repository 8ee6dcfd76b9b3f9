/** Rules between entries of the catalog, on what is well-formed by itself. */

import type { Problem } from '../../agent/config/parse.ts';
import { ensembleSize, hostIds, hostNames, unchangedIds, unchangedMembers } from './host-rules.ts';
import { hostsWith } from './queries.ts';
import type { Catalog, CatalogHost, Ensemble } from './schema.ts';
import {
  filesExist,
  hostReferences,
  localPortsOnce,
  portsOncePerHost,
  reserved,
  serviceNames,
} from './service-rules.ts';

/** What the catalog is held against. */
export interface Surroundings {
  readonly deployed: DeployedHosts;
  /** Whether a file of the repository is there; the path is relative to its root. */
  readonly fileExists: (path: string) => boolean;
}

/** Hosts as last deployed, by name; empty for an environment that is not up yet. */
export type DeployedHosts = Readonly<Record<string, Pick<CatalogHost, 'id' | 'roles'>>>;

export interface RuleContext extends Pick<Catalog, 'hosts' | 'services'>, Surroundings {
  /** Missing when it is not well-formed. */
  readonly ensemble: Ensemble | undefined;
  /** Hosts that are there but not well-formed: a reference to one is no second mistake. */
  readonly malformedHosts: ReadonlySet<string>;
}

type Rule = (context: RuleContext) => Problem[];

const rules: readonly Rule[] = [
  hostNames,
  hostIds,
  unchangedIds,
  ensembleSize,
  unchangedMembers,
  serviceNames,
  hostReferences,
  reserved,
  localPortsOnce,
  portsOncePerHost,
  filesExist,
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
