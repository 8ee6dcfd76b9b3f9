import { type Backoff, createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Registration } from '../../registration.ts';
import {
  type SessionState,
  ZooKeeperError,
  type ZooKeeperSession,
} from '../../zookeeper/session.ts';
import { type OwnNode, planRegistration, planRemoval } from './own-nodes.ts';
import type { ZooKeeperPlace } from './place.ts';
import { type OnDisturbed, type Registry, RegistryError } from './registry.ts';
import { surveyOwnNodes } from './survey.ts';

export interface ZooKeeperRegistryOptions {
  readonly place: ZooKeeperPlace;
  readonly session: ZooKeeperSession;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly onDisturbed: OnDisturbed;
}

/** Two nerves with one identity would otherwise replace each other's node without pause. */
const repairMs = { baseMs: 100, capMs: 10_000 };

export function openZooKeeperRegistry(options: ZooKeeperRegistryOptions): Registry {
  return new ZooKeeperRegistry(options);
}

/**
 * One instance's ephemeral sequential node.
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
  /** This instance's nodes; `undefined` when they must be looked for. */
  #known: readonly OwnNode[] | undefined;
  /** Grows each time what is known is forgotten: what was asked before must not bring it back. */
  #epoch = 0;
  #path: string | undefined;
  /** The node on which a watch waits whose firing is not our own doing. */
  #watched: string | undefined;
  #registeredAtMs = 0;

  constructor(options: ZooKeeperRegistryOptions) {
    this.#options = options;
    this.#repairBackoff = createBackoff({ ...repairMs, random: options.random });
    this.#unsubscribe = options.session.onState((state) => this.#onSession(state));
  }

  get usable(): boolean {
    return this.#options.session.state.kind === 'connected';
  }

  get path(): string | undefined {
    return this.#path;
  }

  async prepare(registration: Registration): Promise<void> {
    await this.#guard(() => this.#survey(registration));
  }

  async register(registration: Registration): Promise<void> {
    await this.#guard(async () => {
      const node = await this.#writeRegistration(registration);
      await this.#verify(node);
    });
  }

  async deregister(registration: Registration): Promise<void> {
    const { session, logger } = this.#options;
    await this.#guard(async () => {
      const epoch = this.#epoch;
      const known = await this.#survey(registration);
      this.#watched = undefined;
      await session.commit(planRemoval(known));
      this.#learn([], epoch);
      this.#path = undefined;
      for (const { path } of known) logger.info('deregistered', { path });
    });
  }

  close(): void {
    this.#closing.abort();
    this.#unsubscribe();
  }

  async #writeRegistration(registration: Registration): Promise<OwnNode> {
    const { place, session, clock, logger } = this.#options;
    const epoch = this.#epoch;
    const known = await this.#survey(registration);
    const { node, operations } = planRegistration(place, registration, known, session.sessionId);
    const [first] = operations;
    if (first === undefined) return node;
    // What the watch would tell from here on is our own doing.
    if (first.kind === 'create') this.#watched = undefined;
    const [created = node.path] = await session.commit(operations);
    const written = { ...node, path: created };
    this.#learn([written], epoch);
    this.#path = created;
    this.#registeredAtMs = clock.now();
    const replaced = operations.filter(({ kind }) => kind === 'delete').map(({ path }) => path);
    logger.info('registered', { path: created, replaced });
    return written;
  }

  async #survey(registration: Registration): Promise<readonly OwnNode[]> {
    if (this.#known) return this.#known;
    const epoch = this.#epoch;
    const { place, session } = this.#options;
    const known = await surveyOwnNodes(session, place.path, registration, this.#path);
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
    if (state.kind === 'connecting') this.#path = undefined;
    if (state.kind === 'connected' && state.fresh) this.#forget();
    else this.#options.onDisturbed();
  }

  #learn(known: readonly OwnNode[], epoch: number): void {
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
      throw new RegistryError(error.message, { cause: error });
    }
  }
}
