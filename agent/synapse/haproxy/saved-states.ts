/** Whether the states of servers that are on disk for a restart are those that HAProxy has. */
import type { ActualServer } from './answers.ts';
import type { Look } from './observe.ts';

export class SavedStates {
  /** Backend → what was saved of its servers; `undefined`: nothing yet. */
  #saved: ReadonlyMap<string, string> | undefined;

  saved(servers: readonly ActualServer[]): void {
    this.#saved = outlines(servers);
  }

  areBehind({ of, servers }: Pick<Look, 'of' | 'servers'>): boolean {
    const saved = this.#saved;
    const now = outlines(servers);
    if (saved === undefined || (of === 'all' && now.size !== saved.size)) return true;
    return [...now].some(([backend, text]) => saved.get(backend) !== text);
  }
}

/** What must outlive a restart of HAProxy: others set it, or its checks found it out. */
function outlines(servers: readonly ActualServer[]): ReadonlyMap<string, string> {
  const backends = Map.groupBy(servers, ({ backend }) => backend);
  // Joined: what is kept is this text alone, and not the whole answer that its words come from.
  const outline = ({ name, admin, up, weight }: ActualServer): string =>
    `${name} ${admin} ${up} ${weight}`;
  return new Map([...backends].map(([backend, own]) => [backend, own.map(outline).join('\n')]));
}
