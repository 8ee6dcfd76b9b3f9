import type { Goal } from '../../../../infra/engine/goal.ts';
import type { Entry } from '../../../../infra/engine/state.ts';

/** A resource as a program might want it. */
export function goal(parts: Partial<Goal> = {}): Goal {
  return {
    urn: 'urn:pulumi:s::p::t::n',
    type: 't',
    name: 'n',
    inputs: {},
    dependencies: [],
    aliases: [],
    options: {
      protect: false,
      retainOnDelete: false,
      deleteBeforeReplace: false,
      ignoreChanges: [],
      replaceOnChanges: [],
      additionalSecretOutputs: [],
      deletedWith: undefined,
    },
    ...parts,
  };
}

/** The same, applied. */
export function entry(parts: Partial<Entry> = {}): Entry {
  const { aliases: _aliases, ...wanted } = goal();
  return { ...wanted, id: 'id', outputs: {}, pending: undefined, obsolete: false, ...parts };
}
