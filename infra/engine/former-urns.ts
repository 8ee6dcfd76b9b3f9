import type { RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb.js';
import { makeUrn } from './goal.ts';

/** What a URN is made of. */
interface Identity {
  readonly parent: string | undefined;
  readonly type: string;
  readonly name: string;
}

/**
 * Under which URNs resources stood before, as their `aliases` say and those of the components above
 * them: the SDK leaves what is inherited to the engine.
 */
export class FormerUrns {
  readonly #scope: { readonly stack: string; readonly project: string };
  readonly #known = new Map<string, readonly string[]>();

  constructor(scope: { readonly stack: string; readonly project: string }) {
    this.#scope = scope;
  }

  /** Of each resource it must be asked once, before those below it. */
  of(request: RegisterResourceRequest, urn: string): readonly string[] {
    const now: Identity = {
      parent: request.getParent() || undefined,
      type: request.getType(),
      name: request.getName(),
    };
    const aliases = request.getAliasesList();
    const identities = [now, ...aliases.flatMap((alias) => identityOf(alias.getSpec(), now))];
    const urns = new Set([
      ...aliases.map((alias) => alias.getUrn()),
      ...identities.flatMap((identity) => this.#urnsOf(identity, now.parent)),
    ]);
    const former = [...urns].filter((one) => one !== '' && one !== urn);
    if (former.length > 0) this.#known.set(urn, former);
    return former;
  }

  /** Beside its own, those below what its parent was. */
  #urnsOf({ parent, type, name }: Identity, parentNow: string | undefined): readonly string[] {
    const urn = makeUrn(this.#scope, parent, type, name);
    if (parent === undefined || parent !== parentNow) return [urn];
    const formerly = (this.#known.get(parent) ?? []).map((former) =>
      makeUrn(this.#scope, former, type, renamed(name, nameOf(parent), nameOf(former))),
    );
    return [urn, ...formerly];
  }
}

type AliasSpec = ReturnType<
  ReturnType<RegisterResourceRequest['getAliasesList']>[number]['getSpec']
>;

/** What an alias leaves out is as it is now. */
function identityOf(spec: AliasSpec, now: Identity): readonly Identity[] {
  if (spec === undefined) return [];
  const parent = spec.getNoparent() ? undefined : spec.getParenturn() || now.parent;
  return [{ parent, type: spec.getType() || now.type, name: spec.getName() || now.name }];
}

/** As Pulumi does: names of what is below a component often start with the component's own. */
function renamed(name: string, parent: string, former: string): string {
  return name.startsWith(parent) ? former + name.slice(parent.length) : name;
}

function nameOf(urn: string): string {
  return urn.split('::').slice(3).join('::');
}
