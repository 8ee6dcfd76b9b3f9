import { Buffer } from 'node:buffer';
import { type Client, createClient, State } from 'node-zookeeper-client';
import type { Clock } from '../lib/clock.ts';
import { DeadlineError, withDeadline } from '../lib/deadline.ts';
import { toZooKeeperError } from './client-error.ts';
import type { ServerAddress } from './servers.ts';
import { type SessionCredentials, ZooKeeperError } from './session.ts';

export interface DialOptions {
  readonly server: ServerAddress;
  /** Asked for; the server may grant another. */
  readonly sessionTimeoutMs: number;
  /** The session to take over; a new one is made without it. */
  readonly resume: ResumePoint | undefined;
  /** `user:password` each: as whom it comes. */
  readonly identities: readonly string[];
  readonly clock: Clock;
}

export interface ResumePoint {
  readonly credentials: SessionCredentials;
  /** The last transaction seen: a member that lags behind it refuses the connection. */
  readonly zxid: Buffer | undefined;
}

export type OpenOutcome =
  | { readonly kind: 'established'; readonly credentials: SessionCredentials }
  /** The session to take over is no more. */
  | { readonly kind: 'expired' }
  /** The server takes none of our credentials. */
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'failed'; readonly reason: string };

type Done<T> = (error: Error | null | undefined, result: T) => void;

type Call<T> = (client: Client, done: Done<T>) => void;

/** Runs one request of the client; the path is for error messages. */
export type Request = <T>(doing: string, start: Call<T>) => Promise<T>;

export interface Connection {
  readonly opened: Promise<OpenOutcome>;
  /** Resolves to the reason once the connection is over, whoever ended it. */
  readonly ended: Promise<string>;
  readonly request: Request;
  readonly zxid: Buffer;
  /** Breaks the connection; the session lives on at the server. */
  breakOff(reason: string): void;
  /** Ends the session at the server. */
  closeSession(): Promise<void>;
}

const handshakeMs = { min: 1_000, max: 2_500 };

/** Silence after which the peer is left, as a share of the session time-out: below two thirds. */
const silenceShare = 0.6;
/** A request unanswered for this share of the session time-out means a stalled server. */
const requestShare = 2 / 3;

/**
 * One TCP connection to one member, by one node-zookeeper-client that is thrown away with it.
 *
 * The client would reconnect by itself, and then: keeps half a frame and is wedged by it
 * (`pendingBuffer`), piles up a packet per attempt while there is no quorum, never calls back what
 * it had queued, and waits for ever for a silent server. None of that outlives a connection here.
 */
export function dial(options: DialOptions): Connection {
  const { clock } = options;
  const client = createOneShotClient(options);
  const { connectionManager: manager } = client;
  const over = new AbortController();
  const pending = new Set<(error: ZooKeeperError) => void>();
  const opened = Promise.withResolvers<OpenOutcome>();
  const ended = Promise.withResolvers<string>();
  let lastReadMs = clock.now();

  const breakOff = (reason: string): void => {
    if (over.signal.aborted) return;
    over.abort();
    opened.resolve({ kind: 'failed', reason });
    ended.resolve(reason);
    for (const reject of pending) reject(new ZooKeeperError('connection-loss', reason));
    if (manager.connectTimeoutHandler) clearTimeout(manager.connectTimeoutHandler);
    // The client makes its socket on the next tick.
    process.nextTick(() => manager.socket?.destroy());
  };

  const leaveWhenSilent = async (limitMs: number): Promise<void> => {
    for (let leftMs = limitMs; leftMs > 0; leftMs = lastReadMs + limitMs - clock.now()) {
      await clock.sleep(leftMs, over.signal);
    }
    breakOff(`silent for ${Math.round(limitMs)} ms`);
  };

  const onEstablished = (): void => {
    leaveWhenSilent(client.getSessionTimeout() * silenceShare).catch(() => undefined);
    const open = (): void =>
      opened.resolve({ kind: 'established', credentials: credentialsOf(client) });
    // Answers come in order: behind this one the credentials have been judged.
    if (options.identities.length === 0) open();
    else client.exists('/', undefined, (error) => !error && open());
  };

  // Requests of one turn of the event loop go out at once: thousands are made as a session begins.
  let isGathering = false;
  const gather = (): void => {
    const { socket } = manager;
    if (isGathering || socket === undefined) return;
    isGathering = true;
    socket.cork();
    process.nextTick(() => {
      isGathering = false;
      socket.uncork();
    });
  };

  const request = async <T>(doing: string, start: Call<T>): Promise<T> => {
    if (over.signal.aborted) throw new ZooKeeperError('connection-loss', `${doing}: not connected`);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    pending.add(reject);
    try {
      gather();
      start(client, (error, result) => (error ? reject(error) : resolve(result)));
      return await withDeadline(promise, { ms: client.getSessionTimeout() * requestShare, clock });
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw toZooKeeperError(error, doing);
      // Answers come in order: behind one that is stuck everything is.
      breakOff(`${doing}: ${error.message}`);
      throw new ZooKeeperError('deadline', `${doing}: ${error.message}`, { cause: error });
    } finally {
      pending.delete(reject);
    }
  };

  client.on('state', (state) => {
    if (state === State.SYNC_CONNECTED) onEstablished();
    if (state === State.EXPIRED) opened.resolve({ kind: 'expired' });
    if (state === State.AUTH_FAILED) {
      opened.resolve({ kind: 'unauthenticated' });
      breakOff('authentication failed');
    }
  });
  const parse = manager.onSocketData.bind(manager);
  manager.onSocketData = (data) => {
    lastReadMs = clock.now();
    try {
      if (!over.signal.aborted) parse(data);
    } catch (error) {
      breakOff(`malformed answer: ${String(error)}`);
    }
  };
  client.connect();
  manager.connect = () => undefined;
  // After the tick in which the client makes its socket.
  process.nextTick(() => {
    let reason = 'closed by the server';
    manager.socket?.once('error', (error) => {
      reason = error.message;
    });
    manager.socket?.once('close', () => breakOff(reason));
  });
  clock
    .sleep(handshakeLimitMs(options.sessionTimeoutMs), over.signal)
    .then(() => opened.resolve({ kind: 'failed', reason: 'no answer to the connect request' }))
    .catch(() => undefined);

  return {
    opened: opened.promise.then((outcome) => {
      if (outcome.kind !== 'established') breakOff(outcome.kind);
      return outcome;
    }),
    ended: ended.promise,
    request,
    get zxid() {
      return manager.zxid;
    },
    breakOff,
    closeSession: async () => {
      client.close();
      await withDeadline(ended.promise, { ms: client.getSessionTimeout() / 3, clock }).catch(() =>
        breakOff('no answer to the close request'),
      );
    },
  };
}

function createOneShotClient({
  server,
  sessionTimeoutMs,
  resume,
  identities,
}: DialOptions): Client {
  const client = createClient('replaced-below', {
    sessionTimeout: sessionTimeoutMs,
    spinDelay: 0,
    retries: 0,
    ...(resume && {
      sessionId: Buffer.from(resume.credentials.sessionId, 'hex'),
      sessionPassword: Buffer.from(resume.credentials.password, 'hex'),
    }),
  });
  // Its own parser of server names knows no IPv6.
  client.connectionManager.servers = [server];
  if (resume?.zxid) client.connectionManager.zxid = resume.zxid;
  for (const one of identities) client.addAuthInfo('digest', Buffer.from(one));
  return client;
}

function credentialsOf(client: Client): SessionCredentials {
  return {
    sessionId: client.getSessionId().toString('hex'),
    password: client.getSessionPassword().toString('hex'),
  };
}

function handshakeLimitMs(sessionTimeoutMs: number): number {
  return Math.min(handshakeMs.max, Math.max(handshakeMs.min, sessionTimeoutMs / 3));
}
