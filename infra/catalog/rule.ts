/** What a rule sees, and what it says. */
import type { Problem } from '../../agent/config/parse.ts';
import type { Catalog, CatalogHost, Ensemble } from './schema.ts';

/** What the catalog is held against. */
export interface Surroundings {
  readonly deployed: DeployedHosts;
  /** Whether a file of the repository is there; the path is relative to its root. */
  readonly fileExists: (path: string) => boolean;
  /** The target gives a zone to each host that has none. */
  readonly everyHostHasZone?: boolean;
}

/** Hosts as last deployed, by name; empty for an environment that is not up yet. */
export type DeployedHosts = Readonly<Record<string, DeployedHost>>;

export interface DeployedHost extends Pick<CatalogHost, 'id' | 'roles' | 'zone'> {
  readonly address?: string | undefined;
  readonly arch?: string | undefined;
  /** Where the target chose the machine: `t4g.small`. */
  readonly type?: string | undefined;
  /** As its machine showed it last. */
  readonly hostKey?: string | undefined;
  /** Of the bastion in front of it, where the target made one. */
  readonly bastionArch?: string | undefined;
}

export interface RuleContext extends Pick<Catalog, 'hosts' | 'services'>, Surroundings {
  /** Missing when it is not well-formed. */
  readonly ensemble: Ensemble | undefined;
  /** Hosts that are there but not well-formed: a reference to one is no second mistake. */
  readonly malformedHosts: ReadonlySet<string>;
}

/** Reports all that it finds. */
export type Rule = (context: RuleContext) => Problem[];
