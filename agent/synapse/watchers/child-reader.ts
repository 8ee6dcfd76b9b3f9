/**
 * The children of a service's path as instances. The data of a child with a sequence number never
 * change (a changed registration is a new child): each is read once, and not at all when its name
 * carries the data. A name without one stays over changes, and is read with each listing.
 */
import type { Buffer } from 'node:buffer';
import type { ZooKeeperDiscovery } from '../../config/synapse-zookeeper.ts';
import { mapBounded } from '../../lib/map-bounded.ts';
import { parseChildName, parseRegistration } from '../../registration.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../zookeeper/session.ts';
import { type Instance, toInstance } from '../instance.ts';
import { type Children, printable } from './candidates.ts';
import { type ParsedMember, parseMember } from './serverset.ts';
import type { RejectedRegistration } from './watcher.ts';

type Decode = ZooKeeperDiscovery['decode'];

/** An instance, or the reason why it is none. */
type Child = Instance | string;

const readsAtOnce = 32;
const unreadable: Child = 'ZooKeeper refuses to read it';

export class ChildReader {
  readonly #session: ZooKeeperSession;
  readonly #path: string;
  readonly #decode: Decode;
  /** Of the last listing. */
  #known = new Map<string, Child>();
  reads = 0;

  constructor(session: ZooKeeperSession, path: string, decode: Decode) {
    this.#session = session;
    this.#path = path;
    this.#decode = decode;
  }

  /** Rejects with `ZooKeeperError` when a read fails; those that succeeded are not repeated. */
  async interpret(children: readonly string[]): Promise<Children> {
    if (this.#known.size > 0) this.#forgetAllBut(new Set(children));
    const unread = children.filter((child) => !this.#known.has(child) && !this.#understand(child));
    await mapBounded(unread, readsAtOnce, (child) => this.#read(child));
    const instances: Instance[] = [];
    const rejected: RejectedRegistration[] = [];
    for (const [node, child] of this.#known) {
      if (typeof child === 'string') rejected.push({ node: printable(node), reason: child });
      else instances.push(child);
    }
    return { instances, rejected };
  }

  /** Another connection may come as somebody else: who was refused is asked again. */
  reconsider(): void {
    for (const [node, child] of this.#known) {
      if (child === unreadable) this.#known.delete(node);
    }
  }

  /** `true` when the name alone says it all. */
  #understand(node: string): boolean {
    const parsed = parseChildName(node);
    if (parsed.kind === 'plain') return false;
    const child: Child =
      parsed.kind === 'invalid' ? parsed.reason : toInstance(parsed.registration, parsed.sequence);
    this.#known.set(node, child);
    return true;
  }

  async #read(node: string): Promise<void> {
    this.reads += 1;
    try {
      const found = await this.#session.read(`${this.#path}/${node}`);
      // Gone since the listing: the watch will tell.
      if (found !== undefined) this.#known.set(node, toChild(node, found.data, this.#decode));
    } catch (error) {
      // That of one child is no reason to know nothing of the others.
      if (!(error instanceof ZooKeeperError) || error.code !== 'no-auth') throw error;
      this.#known.set(node, unreadable);
    }
  }

  #forgetAllBut(present: ReadonlySet<string>): void {
    for (const [node, child] of this.#known) {
      // Members of serversets that start up, or end, say so in place.
      const mayRecover = this.#decode.method === 'serverset' && typeof child === 'string';
      if (!present.has(node) || mayRecover || mayChange(node)) this.#known.delete(node);
    }
  }
}

function mayChange(node: string): boolean {
  const parsed = parseChildName(node);
  return parsed.kind === 'plain' && parsed.sequence === undefined;
}

function toChild(node: string, data: Buffer, decode: Decode): Child {
  const parsed = parse(data, decode);
  if (!parsed.ok) return parsed.reason;
  const name = parseChildName(node);
  if (name.kind === 'invalid' || name.sequence === undefined) return parsed.instance;
  return { ...parsed.instance, sequence: name.sequence };
}

function parse(data: Buffer, { method, endpoint_name }: Decode): ParsedMember {
  if (method === 'serverset') return parseMember(data, endpoint_name);
  const parsed = parseRegistration(data);
  if (!parsed.ok) return parsed;
  return { ok: true, instance: toInstance(parsed.registration, undefined) };
}
