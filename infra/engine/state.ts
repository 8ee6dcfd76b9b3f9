import type { ResourceOptions } from './goal.ts';
import type { ValueMap } from './values.ts';

/** One resource as the last runs left it. */
export interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** As last applied; of a pending entry, as last attempted. */
  readonly inputs: ValueMap;
  readonly outputs: ValueMap;
  readonly dependencies: readonly string[];
  readonly options: ResourceOptions;
  /** A step that began and was never seen to finish: it is done again next time. */
  readonly pending: 'create' | 'update' | undefined;
  /** Replaced by a newer one of the same URN; waits for its deletion. */
  readonly obsolete: boolean;
}

/** Everything that the state file holds. */
export interface State {
  readonly entries: readonly Entry[];
  readonly outputs: ValueMap;
}

export const emptyState: State = { entries: [], outputs: {} };

/** Puts `entry` in the place of the one with its id, or at the end. */
export function withEntry(state: State, entry: Entry): State {
  const known = state.entries.some((other) => other.id === entry.id);
  const entries = known
    ? state.entries.map((other) => (other.id === entry.id ? entry : other))
    : [...state.entries, entry];
  return { ...state, entries };
}

export function withoutEntry(state: State, id: string): State {
  return { ...state, entries: state.entries.filter((entry) => entry.id !== id) };
}

/** Drops a resource and those that its deletion takes away. */
export function withoutTree(state: State, { id, urn }: Entry): State {
  const stays = (entry: Entry): boolean => entry.id !== id && entry.options.deletedWith !== urn;
  return { ...state, entries: state.entries.filter(stays) };
}

/** The living resource of that URN or of one of its aliases. */
export function findEntry(state: State, urns: readonly string[]): Entry | undefined {
  return urns
    .map((urn) => state.entries.find((entry) => entry.urn === urn && !entry.obsolete))
    .find((entry) => entry !== undefined);
}

/** Gives a resource its new URN, in its own entry and wherever others depend on it. */
export function renamed(state: State, from: string, to: string): State {
  const rename = (urn: string): string => (urn === from ? to : urn);
  return {
    ...state,
    entries: state.entries.map((entry) => ({
      ...entry,
      urn: rename(entry.urn),
      dependencies: entry.dependencies.map(rename),
      options: {
        ...entry.options,
        deletedWith:
          entry.options.deletedWith === undefined ? undefined : rename(entry.options.deletedWith),
      },
    })),
  };
}
