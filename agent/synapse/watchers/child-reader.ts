/**
 * The children of a service's path as instances. The data of a child with a sequence number never
 * change (a changed registration is a new child): each is read once, and not at all when its name
 * carries the data. A name without one stays over changes, and is read with each listing.
 */
import { mapBounded } from '../../lib/map-bounded.ts';
import { type ParsedRegistration, parseChildName, parseRegistration } from '../../registration.ts';
import type { ZooKeeperSession } from '../../zookeeper/session.ts';
import { type Instance, toInstance } from '../instance.ts';
import type { RejectedRegistration } from './watcher.ts';

/** What a listing says. */
export interface Children {
  readonly instances: readonly Instance[];
  readonly rejected: readonly RejectedRegistration[];
}

type Child =
  | { readonly kind: 'instance'; readonly instance: Instance }
  | { readonly kind: 'rejected'; readonly reason: string };

const readsAtOnce = 32;
const shownLength = 80;

export class ChildReader {
  readonly #session: ZooKeeperSession;
  readonly #path: string;
  /** Of the last listing. */
  #known = new Map<string, Child>();
  reads = 0;

  constructor(session: ZooKeeperSession, path: string) {
    this.#session = session;
    this.#path = path;
  }

  /** Rejects with `ZooKeeperError` when a read fails; those that succeeded are not repeated. */
  async interpret(children: readonly string[]): Promise<Children> {
    this.#forgetAllBut(new Set(children));
    const unread = children.filter((child) => !this.#known.has(child) && !this.#decode(child));
    await mapBounded(unread, readsAtOnce, (child) => this.#read(child));
    const instances: Instance[] = [];
    const rejected: RejectedRegistration[] = [];
    for (const [node, child] of this.#known) {
      if (child.kind === 'instance') instances.push(child.instance);
      else rejected.push({ node: printable(node), reason: child.reason });
    }
    return { instances, rejected };
  }

  /** `true` when the name alone says it all. */
  #decode(node: string): boolean {
    const parsed = parseChildName(node);
    if (parsed.kind === 'plain') return false;
    const child: Child =
      parsed.kind === 'invalid'
        ? { kind: 'rejected', reason: parsed.reason }
        : { kind: 'instance', instance: toInstance(parsed.registration, parsed.sequence) };
    this.#known.set(node, child);
    return true;
  }

  async #read(node: string): Promise<void> {
    this.reads += 1;
    const found = await this.#session.read(`${this.#path}/${node}`);
    // Gone since the listing: the watch will tell.
    if (found !== undefined) this.#known.set(node, toChild(node, parseRegistration(found.data)));
  }

  #forgetAllBut(present: ReadonlySet<string>): void {
    for (const node of this.#known.keys()) {
      if (!present.has(node) || mayChange(node)) this.#known.delete(node);
    }
  }
}

function mayChange(node: string): boolean {
  const parsed = parseChildName(node);
  return parsed.kind === 'plain' && parsed.sequence === undefined;
}

function toChild(node: string, parsed: ParsedRegistration): Child {
  if (!parsed.ok) return { kind: 'rejected', reason: parsed.reason };
  const name = parseChildName(node);
  const sequence = name.kind === 'invalid' ? undefined : name.sequence;
  return { kind: 'instance', instance: toInstance(parsed.registration, sequence) };
}

/** A child's name is as untrusted as its data. */
function printable(node: string): string {
  return node.replace(/[^\x20-\x7e]/g, '?').slice(0, shownLength);
}
