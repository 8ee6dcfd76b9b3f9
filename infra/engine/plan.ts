import { diffInputs, withIgnored } from './diff.ts';
import type { Goal } from './goal.ts';
import type { Entry } from './state.ts';

/** What has to happen so that one resource is as the program wants it. */
export type Step =
  | { readonly kind: 'create'; readonly goal: Goal; readonly before: Entry | undefined }
  | { readonly kind: 'same'; readonly goal: Goal; readonly before: Entry }
  | {
      readonly kind: 'update';
      readonly goal: Goal;
      readonly before: Entry;
      readonly keys: readonly string[];
    }
  | {
      readonly kind: 'replace';
      readonly goal: Goal;
      readonly before: Entry;
      readonly keys: readonly string[];
      readonly deleteFirst: boolean;
    };

export type StepKind = Step['kind'] | 'delete';

export function planStep(wanted: Goal, before: Entry | undefined): Step {
  // A create that never finished is done again: creates are idempotent.
  if (before === undefined || before.pending === 'create') {
    return { kind: 'create', goal: wanted, before };
  }
  const goal = { ...wanted, inputs: withIgnored(before.inputs, wanted) };
  const change = diffInputs(before.inputs, goal);
  if (change.kind === 'replace') {
    const deleteFirst = goal.options.deleteBeforeReplace;
    return { kind: 'replace', goal, before, keys: change.keys, deleteFirst };
  }
  if (change.kind === 'update') return { kind: 'update', goal, before, keys: change.keys };
  // Whether an interrupted update took hold is unknown: repeat it.
  if (before.pending === 'update') return { kind: 'update', goal, before, keys: [] };
  return { kind: 'same', goal, before };
}
