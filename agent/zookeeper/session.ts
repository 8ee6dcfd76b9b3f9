/**
 * One hardened ZooKeeper session, as nerve and synapse see it.
 *
 * The session object outlives the client underneath: on expiry or a stall a fresh client takes
 * over, and `onSession` listeners hear `established` again. Callers then re-read what they need;
 * nothing carries over silently.
 */
export interface ZooKeeperSession {
  /** Starts connecting; never fails for an unreachable ensemble (it retries with back-off). */
  start(): void;
  readonly state: SessionState;
  /** Calls back on every transition; returns the function that unsubscribes. */
  onState(listener: (state: SessionState) => void): () => void;
  /** The current session's id as a lower-case hex string, while one is established. */
  readonly sessionId: string | undefined;

  /** Children of `path`, or `undefined` when it does not exist. Unsorted, as the server lists. */
  children(path: string): Promise<readonly string[] | undefined>;
  /**
   * Like `children`, and leaves one watch. `onChange` fires at most once: when the list changes,
   * the path is created or deleted. Watches of a lost session never fire: re-read on `connected`.
   */
  watchChildren(path: string, onChange: () => void): Promise<readonly string[] | undefined>;
  /** Data and owner of a node, or `undefined` when it does not exist. */
  read(path: string): Promise<NodeData | undefined>;
  /** Like `read`, leaving one watch for data, creation and deletion. */
  watchData(path: string, onChange: () => void): Promise<NodeData | undefined>;
  /** Creates a persistent path and its parents where missing. */
  ensurePath(path: string): Promise<void>;
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
  /** Usable. `fresh` is true for a new session: all watches and ephemerals of the old are gone. */
  | { readonly kind: 'connected'; readonly fresh: boolean }
  /** Connection lost; the session may still live on the server. Keep what you know (law 2). */
  | { readonly kind: 'suspended' }
  | { readonly kind: 'closed' };

export interface NodeData {
  readonly data: Buffer;
  /** Session id of the owner of an ephemeral node as lower-case hex; `undefined` if persistent. */
  readonly ephemeralOwner: string | undefined;
}

export type WriteOperation =
  | {
      readonly kind: 'create';
      readonly path: string;
      readonly data: Buffer;
      readonly mode: 'persistent' | 'persistent_sequential' | 'ephemeral' | 'ephemeral_sequential';
    }
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
