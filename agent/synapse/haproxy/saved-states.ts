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
  const texts = new Map<string, string>();
  for (const { backend, name, admin, up, weight } of servers) {
    texts.set(backend, `${texts.get(backend) ?? ''}${name} ${admin} ${up} ${weight}\n`);
  }
  return texts;
}
