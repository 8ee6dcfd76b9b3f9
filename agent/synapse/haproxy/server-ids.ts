/** The `id` of each server of a backend: hashes depend on it, and no two servers have the same. */
import { idOf, type ServerLine } from './server-line.ts';

export interface BackendIds {
  /** Server → the id that it has or had: kept. */
  readonly known: ReadonlyMap<string, number>;
  /** Of servers in the user's own lines. */
  readonly own: readonly number[];
  readonly max: number;
}

/**
 * Gives back the line with its id, and `undefined` where the line names one that another has. An id
 * is whose server runs with it, then who first names it; a line that names none keeps what it has
 * or takes the lowest that is free, as in the original, and none where they have run out.
 */
export function createIdSource(
  lines: readonly ServerLine[],
  ids: BackendIds,
): (line: ServerLine) => ServerLine | undefined {
  const owners = findOwners(lines, ids);
  const { known, max } = ids;
  // Those of servers that leave are in use until these are deleted.
  const taken = new Set([...owners.keys(), ...known.values()]);
  let probe = 1;
  const takeFree = (): number | undefined => {
    while (taken.has(probe) && probe <= max) probe += 1;
    if (probe > max) return undefined;
    taken.add(probe);
    return probe;
  };
  return (line) => {
    const named = idOf(line);
    if (named !== undefined) return owners.get(named) === line.name ? line : undefined;
    const kept = known.get(line.name);
    const id = kept !== undefined && owners.get(kept) === line.name ? kept : takeFree();
    return id === undefined ? line : withId(line, id);
  };
}

/** Id → the server; the user's own have an empty name. */
function findOwners(
  lines: readonly ServerLine[],
  { known, own }: BackendIds,
): ReadonlyMap<number, string> {
  const owners = new Map(own.map((id) => [id, '']));
  const claim = (id: number | undefined, name: string): void => {
    if (id !== undefined && !owners.has(id)) owners.set(id, name);
  };
  for (const line of lines) {
    const has = known.get(line.name);
    if ((idOf(line) ?? has) === has) claim(has, line.name);
  }
  for (const line of lines) claim(idOf(line), line.name);
  return owners;
}

function withId(line: ServerLine, id: number): ServerLine {
  return { ...line, words: ['id', String(id)].concat(line.words) };
}
