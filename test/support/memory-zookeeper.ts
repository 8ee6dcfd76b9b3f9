/** ZooKeeper as its clients see it, in memory: for tests of what comes after the session. */
import { Buffer } from 'node:buffer';
import { type DepartureReason, departedPath, encodeDeparture } from '../../agent/departure.ts';
import {
  encodeRegistration,
  parseRegistration,
  type Registration,
} from '../../agent/registration.ts';
import {
  type NodeData,
  type SessionState,
  ZooKeeperError,
  type ZooKeeperSession,
} from '../../agent/zookeeper/session.ts';

export class MemoryZooKeeper {
  readonly #nodes = new Map<string, Map<string, Buffer>>();
  readonly #watches = new Map<string, Set<() => void>>();
  readonly #listeners = new Set<(state: SessionState) => void>();
  #state: SessionState = { kind: 'connecting' };
  #sequence = 0;
  #failures = 0;
  readonly #refused = new Set<string>();
  /** Of nodes that are nobody's children here. */
  readonly #data = new Map<string, Buffer>();
  readonly #dataWatches = new Map<string, Set<() => void>>();
  #writes = 0;
  /** Paths that were listed and read, in order. */
  readonly listed: string[] = [];
  readonly readPaths: string[] = [];

  register(path: string, registration: Registration): string {
    return this.create(path, `${registration.name}_`, encodeRegistration(registration));
  }

  /** A sequential child; resolves to its name. */
  create(path: string, prefix: string, data: Buffer | string = ''): string {
    return this.put(path, `${prefix}${String(this.#sequence++).padStart(10, '0')}`, data);
  }

  /** A child of exactly this name, which it resolves to; replaced in one step if it is there. */
  put(path: string, child: string, data: Buffer | string): string {
    const children = this.#nodes.get(path) ?? new Map<string, Buffer>();
    this.#nodes.set(path, children.set(child, Buffer.from(data)));
    this.#fire(path);
    return child;
  }

  /** `undefined` takes the node away. */
  setData(path: string, data: string | undefined): void {
    this.#writes += 1;
    if (data === undefined) this.#data.delete(path);
    else this.#data.set(path, Buffer.from(data));
    const watches = [...(this.#dataWatches.get(path) ?? [])];
    this.#dataWatches.delete(path);
    for (const watch of watches) watch();
  }

  remove(path: string, child: string): void {
    this.#nodes.get(path)?.delete(child);
    this.#fire(path);
  }

  /** As nerve takes an instance out on purpose. */
  depart(path: string, child: string, reason: DepartureReason): void {
    const data = this.#nodes.get(path)?.get(child);
    const parsed = data && parseRegistration(data);
    if (!parsed?.ok) throw new Error(`${child} is no registration`);
    const announcement = encodeDeparture({ reason, ...parsed.registration });
    this.put(departedPath(path), child, announcement);
    this.remove(path, child);
  }

  removePath(path: string): void {
    this.#nodes.delete(path);
    this.#fire(path);
  }

  connect(fresh = true): void {
    this.#become({ kind: 'connected', fresh });
  }

  /** Watches are gone, and nothing answers. */
  disconnect(): void {
    this.loseWatches();
    this.#become({ kind: 'suspended' });
  }

  /** The next operations meet a deadline. */
  failNext(operations: number): void {
    this.#failures = operations;
  }

  /** Nobody may list or read this path. */
  refuse(path: string): void {
    this.#refused.add(path);
  }

  /** Takes that back. */
  allow(path: string): void {
    this.#refused.delete(path);
  }

  /** Different functions that wait for a change. */
  get watchCount(): number {
    const all = [...this.#watches.values(), ...this.#dataWatches.values()];
    return all.reduce((count, { size }) => count + size, 0);
  }

  loseWatches(): void {
    this.#watches.clear();
    this.#dataWatches.clear();
  }

  session(): ZooKeeperSession {
    const { promise: unsupported } = Promise.withResolvers<never>();
    const self = this;
    return {
      start: () => undefined,
      use: () => undefined,
      useHosts: () => undefined,
      get state() {
        return self.#state;
      },
      sessionId: undefined,
      credentials: undefined,
      onState: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      children: (path) => this.#list(path, undefined),
      watchChildren: async (path, onChange) => {
        const children = await this.#list(path, onChange);
        const hasData = (this.#data.get(path)?.length ?? 0) > 0;
        return children && { children, hasData };
      },
      read: (path) => this.#read(path),
      watchData: (path, onChange) => this.#read(path, onChange),
      sync: async () => undefined,
      ensurePath: () => unsupported,
      protect: () => unsupported,
      commit: () => unsupported,
      close: async () => this.#become({ kind: 'closed' }),
      abandon: () => this.#become({ kind: 'closed' }),
    };
  }

  async #list(path: string, onChange: (() => void) | undefined): Promise<string[] | undefined> {
    this.#assertConnected();
    this.listed.push(path);
    if (this.#refused.has(path)) throw new ZooKeeperError('no-auth', 'not allowed');
    const watches = this.#watches.get(path) ?? new Set();
    if (onChange !== undefined) this.#watches.set(path, watches.add(onChange));
    const children = this.#nodes.get(path);
    if (children === undefined) return this.#data.has(path) ? [] : undefined;
    return [...children.keys()];
  }

  async #read(path: string, onChange?: () => void): Promise<NodeData | undefined> {
    this.#assertConnected();
    this.readPaths.push(path);
    if (this.#refused.has(path)) throw new ZooKeeperError('no-auth', 'not allowed');
    const watches = this.#dataWatches.get(path) ?? new Set();
    if (onChange !== undefined) this.#dataWatches.set(path, watches.add(onChange));
    const own = this.#data.get(path);
    if (own !== undefined)
      return { data: own, ephemeralOwner: undefined, modifiedAtMs: this.#writes };
    const slash = path.lastIndexOf('/');
    const data = this.#nodes.get(path.slice(0, slash))?.get(path.slice(slash + 1));
    return data && { data, ephemeralOwner: undefined, modifiedAtMs: 0 };
  }

  #fire(path: string): void {
    const watches = [...(this.#watches.get(path) ?? [])];
    this.#watches.delete(path);
    for (const watch of watches) watch();
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  #assertConnected(): void {
    if (this.#failures-- > 0) throw new ZooKeeperError('deadline', 'no answer');
    if (this.#state.kind === 'connected') return;
    throw new ZooKeeperError('connection-loss', 'not connected');
  }
}
