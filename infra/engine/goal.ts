import type { ValueMap } from './values.ts';

/** What the program wants of one resource, as it stands in the registration request. */
export interface Goal {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: ValueMap;
  /** URNs, the parent's among them. */
  readonly dependencies: readonly string[];
  /** Former URNs of the same resource. */
  readonly aliases: readonly string[];
  readonly options: ResourceOptions;
}

/** The resource options that the engine knows, with the meaning Pulumi gives them. */
export interface ResourceOptions {
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  /** URN of a resource whose deletion takes this one away, too. */
  readonly deletedWith: string | undefined;
}

export type Outcome =
  | { readonly kind: 'done'; readonly id: string | undefined; readonly outputs: ValueMap }
  | { readonly kind: 'failed' }
  | { readonly kind: 'skipped' };

/** `urn:pulumi:<stack>::<project>::<type chain>::<name>`; the stack itself is no link of the chain. */
export function makeUrn(
  scope: { readonly stack: string; readonly project: string },
  parent: string | undefined,
  type: string,
  name: string,
): string {
  const parentChain = parent?.split('::')[2] ?? '';
  const chain = parentChain === '' || parentChain === stackType ? type : `${parentChain}$${type}`;
  return `urn:pulumi:${scope.stack}::${scope.project}::${chain}::${name}`;
}

export const stackType = 'pulumi:pulumi:Stack';

/** The host that a resource belongs to: names are `<host>/<thing>`. */
export function hostOf(name: string): string {
  return name.split('/', 1)[0] ?? name;
}
