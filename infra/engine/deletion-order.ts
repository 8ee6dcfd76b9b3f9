import type { Entry } from './state.ts';

export interface Deletion {
  readonly entry: Entry;
  /**
   * `run` calls the resource's own delete; `forget` only drops it from the state, because it is
   * to be retained or goes with another one; `refuse` leaves it: it is protected.
   */
  readonly how: 'run' | 'forget' | 'refuse';
  /** Ids of deletions that come first: of everything that depends on this one. */
  readonly after: readonly string[];
}

/** Orders deletions so that nothing loses what it depends on. */
export function planDeletions(doomed: readonly Entry[]): readonly Deletion[] {
  const urns = new Set(doomed.map((entry) => entry.urn));
  return doomed.map((entry) => ({
    entry,
    how: howToDelete(entry, urns),
    after: doomed.filter((other) => dependsOn(other, entry)).map((other) => other.id),
  }));
}

function howToDelete(entry: Entry, doomed: ReadonlySet<string>): Deletion['how'] {
  if (entry.options.protect) return 'refuse';
  if (entry.options.retainOnDelete) return 'forget';
  const { deletedWith } = entry.options;
  return deletedWith !== undefined && doomed.has(deletedWith) ? 'forget' : 'run';
}

function dependsOn(dependent: Entry, entry: Entry): boolean {
  if (dependent.urn === entry.urn) return false;
  return dependent.dependencies.includes(entry.urn) || dependent.options.deletedWith === entry.urn;
}
