/**
 * What we use of node-zookeeper-client 1.1.3, which ships no types. `connectionManager` is the
 * client's own property; the fields named here are the ones that `connection.ts` explains.
 */
declare module 'node-zookeeper-client' {
  import type { Buffer } from 'node:buffer';
  import type { Socket } from 'node:net';

  export interface ClientOptions {
    /** Milliseconds. */
    sessionTimeout: number;
    spinDelay: number;
    retries: number;
    sessionId?: Buffer;
    sessionPassword?: Buffer;
  }

  export interface State {
    getName(): string;
  }

  export const State: {
    readonly SYNC_CONNECTED: State;
    readonly EXPIRED: State;
    readonly AUTH_FAILED: State;
  };

  export interface ConnectionManager {
    servers: readonly { readonly host: string; readonly port: number }[];
    socket: Socket | undefined;
    zxid: Buffer;
    connectTimeoutHandler: NodeJS.Timeout | null;
    connect(): void;
    onSocketData(data: Buffer): void;
  }

  export interface Acl {
    /** A sum of bits. */
    readonly permission: number;
    readonly id: { readonly scheme: string; readonly id: string };
  }

  export const ACL: {
    readonly OPEN_ACL_UNSAFE: readonly Acl[];
    readonly READ_ACL_UNSAFE: readonly Acl[];
    readonly CREATOR_ALL_ACL: readonly Acl[];
  };

  export interface Stat {
    /** Eight bytes, big-endian; zero for a persistent node. */
    readonly ephemeralOwner: Buffer;
    /** Eight bytes, big-endian: milliseconds since the epoch. */
    readonly mtime: Buffer;
    /** Bytes. */
    readonly dataLength: number;
  }

  export type Callback<T extends readonly unknown[] = []> = (
    error: Error | null | undefined,
    ...results: T
  ) => void;

  export interface Transaction {
    create(path: string, data: Buffer, acls: readonly Acl[], mode: number): Transaction;
    setData(path: string, data: Buffer): Transaction;
    remove(path: string): Transaction;
    check(path: string): Transaction;
    commit(callback: Callback<[results: readonly { readonly path?: string }[] | undefined]>): void;
  }

  export interface Client {
    readonly connectionManager: ConnectionManager;
    on(event: 'state', listener: (state: State) => void): void;
    connect(): void;
    close(): void;
    getSessionId(): Buffer;
    getSessionPassword(): Buffer;
    getSessionTimeout(): number;
    addAuthInfo(scheme: string, auth: Buffer): void;
    create(
      path: string,
      data: Buffer,
      acls: readonly Acl[],
      mode: number,
      callback: Callback<[path: string]>,
    ): void;
    setData(path: string, data: Buffer, callback: Callback): void;
    remove(path: string, callback: Callback): void;
    getACL(path: string, callback: Callback<[acls: readonly Acl[]]>): void;
    setACL(path: string, acls: readonly Acl[], callback: Callback<[stat: Stat]>): void;
    exists(
      path: string,
      watcher: (() => void) | undefined,
      callback: Callback<[stat: Stat | null]>,
    ): void;
    getData(
      path: string,
      watcher: (() => void) | undefined,
      callback: Callback<[data: Buffer | undefined, stat: Stat]>,
    ): void;
    getChildren(
      path: string,
      watcher: (() => void) | undefined,
      callback: Callback<[children: readonly string[], stat: Stat]>,
    ): void;
    transaction(): Transaction;
  }

  export function createClient(connectionString: string, options: ClientOptions): Client;

  export const CreateMode: {
    readonly PERSISTENT: 0;
    readonly EPHEMERAL: 1;
    readonly PERSISTENT_SEQUENTIAL: 2;
    readonly EPHEMERAL_SEQUENTIAL: 3;
  };

  export const Exception: {
    readonly CONNECTION_LOSS: number;
    readonly NO_NODE: number;
    readonly NO_AUTH: number;
    readonly NODE_EXISTS: number;
    readonly NOT_EMPTY: number;
    readonly SESSION_EXPIRED: number;
  };
}
