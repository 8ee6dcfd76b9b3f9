import { type Backoff, createBackoff } from '../lib/backoff.ts';
import { type Access, anonymous, isSameAccess } from './access.ts';
import { acls } from './acl.ts';
import { type Chroot, createChroot } from './chroot.ts';
import { type Connection, dial } from './connection.ts';
import { commit, ensurePath, list, read, sync } from './operations.ts';
import { createProtector } from './protect.ts';
import { createServerList, parseHosts, type ServerAddress, type ServerList } from './servers.ts';
import {
  type Listing,
  type NodeData,
  type SessionCredentials,
  type SessionState,
  type WriteOperation,
  ZooKeeperError,
  type ZooKeeperSession,
} from './session.ts';
import type { ZooKeeperSessionOptions } from './session-options.ts';
import { createWatchTable } from './watch-table.ts';

/** Between two rounds over all members. Within a round the next member is tried after `base`. */
const retryDelayMs = { base: 100, cap: 2_000 };
/** A connection that lived shorter does not reset the back-off: its server may be flapping. */
const steadyMs = 5_000;
const otherAccess = 'it comes as somebody else, or on another way, from now on';

export function createZooKeeperSession(options: ZooKeeperSessionOptions): ZooKeeperSession {
  return new HardenedSession(options);
}

/**
 * ```
 *          ┌──────────────────────── session expired ───────────────────────┐
 *          ▼                                                                │
 *   connecting ──established──► connected ──connection lost──► suspended ───┤
 *                                   ▲                              │        │
 *                                   └────── same session again ────┘        │
 *   close(), abandon(): closed                                              │
 *          ▲────────────────────────────────────────────────────────────────┘
 * ```
 * One connection at a time, each to another member and by a client of its own (`connection.ts`).
 */
class HardenedSession implements ZooKeeperSession {
  readonly #options: ZooKeeperSessionOptions;
  readonly #servers: ServerList;
  readonly #chroot: Chroot;
  readonly #backoff: Backoff;
  readonly #listeners = new Set<(state: SessionState) => void>();
  readonly #closing = new AbortController();
  #state: SessionState = { kind: 'connecting' };
  #access: Access;
  #connection: Connection | undefined;
  #watches = createWatchTable();
  #protect: (path: string) => Promise<void> = async () => undefined;
  /** Whether the log has been told of the present outage. */
  #unreachable = false;
  /** Whether the log has been told that our credentials are not taken. */
  #unauthenticated = false;
  /** Of the session that the server may still hold, connected or not. */
  #credentials: SessionCredentials | undefined;
  #lastSeen: { readonly zxid: Connection['zxid']; readonly atMs: number } | undefined;
  #running: Promise<void> | undefined;

  constructor(options: ZooKeeperSessionOptions) {
    this.#options = options;
    this.#servers = createServerList(options);
    this.#chroot = createChroot(parseHosts(options.hosts).chroot);
    this.#access = options.access ?? anonymous;
    this.#servers.reachThrough(this.#access.tunnels);
    this.#backoff = createBackoff({
      baseMs: retryDelayMs.base,
      capMs: retryDelayMs.cap,
      random: options.random,
    });
    this.#credentials = options.resume;
  }

  get state(): SessionState {
    return this.#state;
  }

  get credentials(): SessionCredentials | undefined {
    return this.#credentials;
  }

  get sessionId(): string | undefined {
    return this.#credentials?.sessionId;
  }

  start(): void {
    this.#running ??= this.#run(this.#closing.signal).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) throw error;
    });
  }

  use(access: Access): void {
    if (isSameAccess(access, this.#access)) return;
    this.#access = access;
    this.#servers.reachThrough(access.tunnels);
    // A server forgets no identity before the connection ends.
    this.#connection?.breakOff(otherAccess);
  }

  useHosts(hosts: readonly string[]): void {
    this.#servers.replace(hosts);
  }

  onState(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async children(path: string): Promise<readonly string[] | undefined> {
    const { request } = this.#usable();
    return (await list(request, this.#chroot.toServer(path), undefined))?.children;
  }

  async watchChildren(path: string, onChange: () => void): Promise<Listing | undefined> {
    const { request } = this.#usable();
    const watcher = this.#watches.add(`children of ${path}`, onChange);
    return await list(request, this.#chroot.toServer(path), watcher);
  }

  async read(path: string): Promise<NodeData | undefined> {
    return await read(this.#usable().request, this.#chroot.toServer(path), undefined);
  }

  async watchData(path: string, onChange: () => void): Promise<NodeData | undefined> {
    const { request } = this.#usable();
    const watcher = this.#watches.add(`data of ${path}`, onChange);
    return await read(request, this.#chroot.toServer(path), watcher);
  }

  async sync(path: string): Promise<void> {
    await sync(this.#usable().request, this.#chroot.toServer(path));
  }

  async ensurePath(path: string): Promise<void> {
    await ensurePath(this.#usable().request, this.#chroot.toServer(path), acls[this.#access.acl]);
  }

  async protect(path: string): Promise<void> {
    this.#usable();
    await this.#protect(path);
  }

  async commit(operations: readonly WriteOperation[]): Promise<readonly string[]> {
    const { request } = this.#usable();
    const created = await commit(request, this.#chroot.all(operations), acls[this.#access.acl]);
    return created.map(this.#chroot.fromServer);
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    if (!this.#leave()) return;
    await connection?.closeSession();
    await this.#running;
  }

  abandon(): void {
    const connection = this.#connection;
    if (this.#leave()) connection?.breakOff('abandoned');
  }

  /** The life of the session: dial, stay while it lasts, dial again. */
  async #run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const server = await this.#servers.next(signal);
      signal.throwIfAborted();
      if (server) await this.#visit(server);
      await this.#options.clock.sleep(this.#nextDelayMs(), signal);
    }
  }

  #nextDelayMs(): number {
    if (this.#servers.roundIsOver) return this.#backoff.nextMs();
    return retryDelayMs.base * this.#options.random();
  }

  /** Resolves when the connection to `server` is over, or did not come about. */
  async #visit(server: ServerAddress): Promise<void> {
    const { clock } = this.#options;
    const access = this.#access;
    const connection = this.#dial(server);
    const abort = (): void => connection.breakOff('closed');
    this.#closing.signal.addEventListener('abort', abort);
    const outcome = await connection.opened;
    this.#closing.signal.removeEventListener('abort', abort);
    switch (outcome.kind) {
      case 'failed':
        this.#reportUnreachable(server, outcome.reason);
        return;
      case 'expired':
        this.#forgetSession();
        return;
      case 'unauthenticated':
        this.#reportUnauthenticated(server);
        return;
      case 'established': {
        const sinceMs = clock.now();
        await this.#stay(server, connection, outcome.credentials, access);
        if (clock.now() - sinceMs >= steadyMs) this.#backoff.reset();
      }
    }
  }

  async #stay(
    server: ServerAddress,
    connection: Connection,
    credentials: SessionCredentials,
    access: Access,
  ): Promise<void> {
    const { clock, logger } = this.#options;
    if (this.#closing.signal.aborted) return connection.breakOff('closed');
    const fresh = credentials.sessionId !== this.#credentials?.sessionId;
    this.#credentials = credentials;
    this.#connection = connection;
    this.#unreachable = false;
    this.#unauthenticated = false;
    this.#watches = createWatchTable();
    this.#protect = createProtector({
      request: connection.request,
      access,
      chroot: this.#chroot,
      logger,
    });
    logger.info('zookeeper-connected', { server, fresh, session: credentials.sessionId });
    this.#become({ kind: 'connected', fresh });
    // Told to come as somebody else while it was on its way.
    if (access !== this.#access) connection.breakOff(otherAccess);
    const reason = await connection.ended;
    this.#connection = undefined;
    this.#lastSeen = { zxid: connection.zxid, atMs: clock.now() };
    this.#servers.startOver(server);
    if (this.#closing.signal.aborted) return;
    logger.warn('zookeeper-connection-lost', { server, reason });
    this.#become({ kind: 'suspended' });
  }

  #dial(server: ServerAddress): Connection {
    const { connect = dial, sessionTimeoutMs, clock } = this.#options;
    const { identities } = this.#access;
    const resume = this.#credentials && {
      credentials: this.#credentials,
      zxid: this.#rememberedZxid(),
    };
    return connect({ server, sessionTimeoutMs, resume, identities, clock });
  }

  /** Not for ever: members that were rebuilt from nothing would refuse us until they catch up. */
  #rememberedZxid(): Connection['zxid'] | undefined {
    const { clock, sessionTimeoutMs } = this.#options;
    const { zxid, atMs } = this.#lastSeen ?? { zxid: undefined, atMs: 0 };
    return clock.now() - atMs < sessionTimeoutMs ? zxid : undefined;
  }

  /** Once for an outage, when the first round over all members was in vain. */
  #reportUnreachable(server: ServerAddress, reason: string): void {
    if (this.#unreachable || !this.#servers.roundIsOver) return;
    this.#unreachable = true;
    this.#options.logger.warn('zookeeper-unreachable', { server, reason });
  }

  /** Tried again all the same: somebody may put the server right. */
  #reportUnauthenticated(server: ServerAddress): void {
    if (this.#unauthenticated) return;
    this.#unauthenticated = true;
    this.#options.logger.error('zookeeper-authentication-failed', { server });
  }

  #forgetSession(): void {
    this.#options.logger.warn('zookeeper-session-expired', { session: this.sessionId });
    this.#credentials = undefined;
    this.#lastSeen = undefined;
    this.#backoff.reset();
    this.#become({ kind: 'connecting' });
  }

  /** False when the session was left before. */
  #leave(): boolean {
    if (this.#state.kind === 'closed') return false;
    this.#closing.abort();
    this.#become({ kind: 'closed' });
    return true;
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  #usable(): Connection {
    if (this.#state.kind === 'closed') {
      throw new ZooKeeperError('closed', 'the ZooKeeper session is closed');
    }
    if (this.#connection === undefined) {
      throw new ZooKeeperError('connection-loss', 'not connected to ZooKeeper');
    }
    return this.#connection;
  }
}
