import { type DepartureReason, departedPath } from '../../departure.ts';
import { type Backoff, createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { startTimer } from '../../lib/timer.ts';
import type { Registration } from '../../registration.ts';
import {
  type SessionState,
  ZooKeeperError,
  type ZooKeeperSession,
} from '../../zookeeper/session.ts';
import { expireAnnouncements, retract } from './announcements.ts';
import { depart, departureOf } from './depart.ts';
import { isPersistent, type OwnNode, planRegistration } from './own-nodes.ts';
import type { ZooKeeperPlace } from './place.ts';
import { type OnDisturbed, type Registry, RegistryError } from './registry.ts';
import { type Survey, survey } from './survey.ts';

export interface ZooKeeperRegistryOptions {
  readonly place: ZooKeeperPlace;
  readonly session: ZooKeeperSession;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly onDisturbed: OnDisturbed;
  readonly onWrite: OnWrite;
}

/** A write went through; for metrics. */
export type OnWrite = (
  kind: 'create' | 'delete' | 'touch',
  write: { readonly place: ZooKeeperPlace; readonly path: string; readonly elapsedMs: number },
) => void;

/** Two nerves with one identity would otherwise replace each other's node without pause. */
const repairMs = { baseMs: 100, capMs: 10_000 };
/** How often the announcements of others are looked through at most. */
const expireEveryMs = 60 * 60 * 1_000;
/** What makes connections break (an error that the client does not know) must not do so for ever. */
const maxAnnouncingAttempts = 2;

export function openZooKeeperRegistry(options: ZooKeeperRegistryOptions): Registry {
  return new ZooKeeperRegistry(options);
}

/**
 * One instance's node.
 *
 * What is known of the registry is forgotten whenever it may be wrong: after a write whose outcome
 * was lost (it is looked for before anything is written again), with each new session, and when
 * somebody else touched the node.
 */
class ZooKeeperRegistry implements Registry {
  readonly #options: ZooKeeperRegistryOptions;
  readonly #closing = new AbortController();
  readonly #unsubscribe: () => void;
  readonly #repairBackoff: Backoff;
  /** This instance in the registry; `undefined` when it must be looked for. */
  #known: Survey | undefined;
  /** Grows each time what is known is forgotten: what was asked before must not bring it back. */
  #epoch = 0;
  #path: string | undefined;
  /** The node on which a watch waits whose firing is not our own doing. */
  #watched: string | undefined;
  #registeredAtMs = 0;
  /** Its modification time is due to be renewed. */
  #touchDue = false;
  #expiredAtMs = Number.NEGATIVE_INFINITY;
  /** What this connection found has the ACL that it should. */
  #isProtected = false;
  /** Deletions that were to be announced and failed, since the last that did not. */
  #failedDepartures = 0;

  constructor(options: ZooKeeperRegistryOptions) {
    this.#options = options;
    this.#repairBackoff = createBackoff({ ...repairMs, random: options.random });
    this.#unsubscribe = options.session.onState((state) => this.#onSession(state));
    const { nodeType, touchMs } = options.place;
    if (touchMs === undefined || !isPersistent(nodeType)) return;
    startTimer({ ...options, periodMs: touchMs, signal: this.#closing.signal }, () => {
      this.#touchDue = true;
      options.onDisturbed();
    });
  }

  get usable(): boolean {
    return this.#options.session.state.kind === 'connected';
  }

  get path(): string | undefined {
    return this.#path;
  }

  async prepare(registration: Registration): Promise<void> {
    await this.#guard(async () => {
      const { nodes } = await this.#survey(registration);
      await this.#protect(nodes);
    });
  }

  async register(registration: Registration): Promise<void> {
    await this.#guard(async () => {
      const node = await this.#writeRegistration(registration);
      await this.#verify(node);
      await this.#retractAnnouncements();
      await this.#expireAnnouncements();
      await this.#protect([node]);
    });
  }

  /** Who chose persistent nodes wants them to outlive nerve: they stay when it merely stops. */
  async deregister(registration: Registration, reason: DepartureReason): Promise<void> {
    const { place, logger } = this.#options;
    if (reason === 'stopped' && isPersistent(place.nodeType)) return;
    await this.#guard(async () => {
      const epoch = this.#epoch;
      const { nodes, announcements } = await this.#survey(registration);
      this.#watched = undefined;
      const announced = await this.#depart(nodes, registration, reason);
      const own = [...announcements.own, ...announced];
      this.#learn({ nodes: [], announcements: { ...announcements, own } }, epoch);
      this.#path = undefined;
      for (const { path } of nodes) logger.info('deregistered', { path, reason });
      await this.#protect([]);
    });
  }

  close(): void {
    this.#closing.abort();
    this.#unsubscribe();
  }

  async #writeRegistration(registration: Registration): Promise<OwnNode> {
    const { place, session, clock, logger } = this.#options;
    const epoch = this.#epoch;
    const { nodes, announcements } = await this.#survey(registration);
    const { node, operations } = planRegistration(place, registration, nodes, session.sessionId);
    const creates = operations.some(({ kind }) => kind === 'create');
    if (operations.length === 0) return await this.#touch(node);
    // What the watch would tell from here on is our own doing.
    if (creates) this.#watched = undefined;
    const startMs = clock.now();
    const [created = node.path] = await session.commit(operations);
    this.#wrote(creates ? 'create' : 'delete', created, startMs);
    const written = { ...node, path: created };
    this.#learn({ nodes: [written], announcements }, epoch);
    this.#path = created;
    this.#registeredAtMs = clock.now();
    const replaced = operations.filter(({ kind }) => kind === 'delete').map(({ path }) => path);
    logger.info('registered', { path: created, replaced });
    return written;
  }

  async #depart(
    nodes: readonly OwnNode[],
    registration: Registration,
    reason: DepartureReason,
  ): Promise<readonly string[]> {
    const { session } = this.#options;
    const paths = nodes.map(({ path }) => path);
    if (this.#failedDepartures >= maxAnnouncingAttempts) {
      await session.commit(paths.map((path) => ({ kind: 'delete', path })));
      return [];
    }
    this.#failedDepartures += 1;
    const startMs = this.#options.clock.now();
    const announced = await depart(session, paths, departureOf(registration, reason));
    this.#failedDepartures = 0;
    for (const path of paths) this.#wrote('delete', path, startMs);
    return announced;
  }

  #wrote(kind: 'create' | 'delete' | 'touch', path: string, startMs: number): void {
    const { place, clock, onWrite } = this.#options;
    onWrite(kind, { place, path, elapsedMs: clock.now() - startMs });
  }

  /** The same data once more, so that the node's age tells whether nerve lives. */
  async #touch(node: OwnNode): Promise<OwnNode> {
    if (!this.#touchDue) return node;
    this.#touchDue = false;
    this.#watched = undefined;
    const { session, clock } = this.#options;
    const startMs = clock.now();
    await session.commit([{ kind: 'set', path: node.path, data: node.data }]);
    this.#wrote('touch', node.path, startMs);
    return node;
  }

  /** After the registration, which must not wait for it: they explain no node but their own. */
  async #retractAnnouncements(): Promise<void> {
    const epoch = this.#epoch;
    const known = this.#known;
    if (known === undefined || known.announcements.own.length === 0) return;
    await retract(this.#options.session, known.announcements.own);
    this.#learn({ ...known, announcements: { ...known.announcements, own: [] } }, epoch);
  }

  async #expireAnnouncements(): Promise<void> {
    const { session, clock, random } = this.#options;
    const known = this.#known;
    if (known === undefined || known.announcements.others.length === 0) return;
    const { own, others } = known.announcements;
    // Once for a survey: a list that grows old tells nothing new.
    this.#known = { ...known, announcements: { own, others: [] } };
    if (clock.now() - this.#expiredAtMs < expireEveryMs) return;
    this.#expiredAtMs = clock.now();
    await expireAnnouncements(session, others, { nowMs: clock.wallMs(), random });
  }

  /** Once for a connection: what it creates itself is right from the start. */
  async #protect(nodes: readonly OwnNode[]): Promise<void> {
    if (this.#isProtected) return;
    this.#isProtected = true;
    const { place, session } = this.#options;
    const paths = [place.path, departedPath(place.path), ...nodes.map(({ path }) => path)];
    try {
      for (const path of paths) await session.protect(path);
    } catch (error) {
      this.#isProtected = false;
      throw error;
    }
  }

  async #survey(registration: Registration): Promise<Survey> {
    if (this.#known) return this.#known;
    const epoch = this.#epoch;
    const { place, session } = this.#options;
    const known = await survey(session, place, registration, this.#path);
    this.#learn(known, epoch);
    return known;
  }

  /** Looks at the node that is thought to be there, and leaves a watch on it. */
  async #verify({ path, data, owner }: OwnNode): Promise<void> {
    const { session, logger } = this.#options;
    const watching = this.#watched === path;
    this.#watched = path;
    this.#path = path;
    const found = watching
      ? await session.read(path)
      : await session.watchData(path, () => this.#onNodeChange(path));
    if (found?.data.equals(data) && found.ephemeralOwner === owner) return;
    logger.warn('registration-damaged', { path, found: found !== undefined });
    this.#forget();
  }

  #onNodeChange(path: string): void {
    if (this.#watched !== path) return;
    this.#watched = undefined;
    const { clock, logger } = this.#options;
    logger.warn('registration-touched-by-others', { path });
    if (clock.now() - this.#registeredAtMs > repairMs.capMs) this.#repairBackoff.reset();
    clock
      .sleep(this.#repairBackoff.nextMs(), this.#closing.signal)
      .then(() => this.#forget())
      .catch(() => undefined);
  }

  #onSession(state: SessionState): void {
    // Watches ended with the connection; ephemeral nodes end with the session.
    this.#watched = undefined;
    this.#isProtected = false;
    if (state.kind === 'connecting') this.#path = undefined;
    if (state.kind === 'connected' && state.fresh) this.#forget();
    else this.#options.onDisturbed();
  }

  #learn(known: Survey, epoch: number): void {
    if (epoch === this.#epoch) this.#known = known;
  }

  #forget(): void {
    this.#epoch += 1;
    this.#known = undefined;
    this.#options.onDisturbed();
  }

  /** After a failure nothing is known any more: the write may have taken place. */
  async #guard(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      this.#epoch += 1;
      this.#known = undefined;
      throw new RegistryError(messageOf(error), { cause: error });
    }
  }
}

function messageOf({ code, message }: ZooKeeperError): string {
  if (code !== 'no-auth') return message;
  return `${message}; ZooKeeper's ACL keeps us out: zk_digest_auth, or its file, must be what made the nodes`;
}
