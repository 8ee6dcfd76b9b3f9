import type { Buffer } from 'node:buffer';
import type { Access } from './access.ts';

/**
 * One hardened ZooKeeper session, as nerve and synapse see it.
 *
 * The object outlives connections and sessions: on a stall or an expiry it connects anew, and
 * `onState` listeners hear `connected` again. Callers then re-read what they need: watches end
 * with their connection, and nothing carries over silently.
 *
 * Operations are never queued: without a usable connection they fail at once with
 * `connection-loss`, and every other one settles within its deadline.
 */
export interface ZooKeeperSession {
  /** Starts connecting; never fails for an unreachable ensemble (it retries with back-off). */
  start(): void;
  /** From now on it comes so: another access takes another connection of the same session. */
  use(access: Access): void;
  /** Members came or went: it connects to these from its next connection on. */
  useHosts(hosts: readonly string[]): void;
  readonly state: SessionState;
  /** Calls back on every transition; returns the function that unsubscribes. */
  onState(listener: (state: SessionState) => void): () => void;
  /** The current session's id as a lower-case hex string, while one is established. */
  readonly sessionId: string | undefined;
  /** What a later process needs to take this session over, while one is established. */
  readonly credentials: SessionCredentials | undefined;

  /** Children of `path`, or `undefined` when it does not exist. Unsorted, as the server lists. */
  children(path: string): Promise<readonly string[] | undefined>;
  /**
   * Like `children`, and leaves one watch. `onChange` fires at most once: when the list changes,
   * the path is created or deleted. Watches of a lost connection never fire: re-read on each
   * `connected`, fresh or not.
   */
  watchChildren(path: string, onChange: () => void): Promise<Listing | undefined>;
  /** A node as it is, or `undefined` when it does not exist. */
  read(path: string): Promise<NodeData | undefined>;
  /** Like `read`, leaving one watch for data, creation and deletion. */
  watchData(path: string, onChange: () => void): Promise<NodeData | undefined>;
  /**
   * A barrier: what is read after it shows every write that was committed before it, even when
   * another member answered. Needed before looking for a write whose outcome was lost.
   */
  sync(path: string): Promise<void>;
  /** Creates a persistent path and its parents where missing. */
  ensurePath(path: string): Promise<void>;
  /**
   * Gives `path`, and what stands above it from the root of its access down, the ACL of its access,
   * as far as it may. Fires no watch; looks at each node once for a connection.
   */
  protect(path: string): Promise<void>;
  /** All or nothing. Resolves to the created paths, in order. */
  commit(operations: readonly WriteOperation[]): Promise<readonly string[]>;
  /** Ends the session; its ephemeral nodes go at once. Resolves within the operation deadline. */
  close(): Promise<void>;
  /** Leaves without ending the session: its nodes stay until the server times it out. */
  abandon(): void;
}

export type SessionState =
  /** Never connected yet, or between two sessions: nothing is known. */
  | { readonly kind: 'connecting' }
  /** Usable. `fresh` is true for a new session: the ephemeral nodes of the old one are gone. */
  | { readonly kind: 'connected'; readonly fresh: boolean }
  /** Connection lost; the session may still live on the server. Keep what you know (law 2). */
  | { readonly kind: 'suspended' }
  | { readonly kind: 'closed' };

/** Both as lower-case hex. The password is a secret: files that hold it have mode 0600. */
export interface SessionCredentials {
  readonly sessionId: string;
  readonly password: string;
}

export interface Listing {
  readonly children: readonly string[];
  /** Whether the path itself holds data. */
  readonly hasData: boolean;
}

export interface NodeData {
  readonly data: Buffer;
  /** Session id of the owner of an ephemeral node as lower-case hex; `undefined` if persistent. */
  readonly ephemeralOwner: string | undefined;
  /** When its data were last written, by the server's clock: milliseconds since the epoch. */
  readonly modifiedAtMs: number;
}

export type WriteOperation =
  | {
      readonly kind: 'create';
      readonly path: string;
      readonly data: Buffer;
      readonly mode: 'persistent' | 'persistent_sequential' | 'ephemeral' | 'ephemeral_sequential';
    }
  | { readonly kind: 'set'; readonly path: string; readonly data: Buffer }
  | { readonly kind: 'delete'; readonly path: string };

/** Thrown by every operation that did not get its answer; `code` says why. */
export class ZooKeeperError extends Error {
  readonly code: ZooKeeperErrorCode;

  constructor(code: ZooKeeperErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ZooKeeperError';
    this.code = code;
  }
}

export type ZooKeeperErrorCode =
  /** Whether a write took place is unknown: look before repeating it. */
  | 'connection-loss'
  | 'deadline'
  | 'session-expired'
  | 'closed'
  | 'no-node'
  | 'node-exists'
  | 'not-empty'
  | 'no-auth'
  | 'other';
