import { createEtcdClient, type EtcdClient, type LeaseId } from '../../etcd/client.ts';
import { EtcdError } from '../../etcd/gateway.ts';
import { type Backoff, createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { createExclusive } from '../../lib/exclusive.ts';
import type { Logger } from '../../lib/logger.ts';
import { createWake } from '../../lib/wake.ts';
import { encodeRegistration, type Registration } from '../../registration.ts';
import type { EtcdPlace } from './place.ts';
import { type OnDisturbed, type Registry, RegistryError } from './registry.ts';

export interface EtcdRegistryOptions {
  readonly place: EtcdPlace;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly onDisturbed: OnDisturbed;
}

const probeMs = { baseMs: 100, capMs: 2_000 };
/** A call that takes longer is no use to a lease. */
const maxCallMs = 2_000;

export function openEtcdRegistry(options: EtcdRegistryOptions): Registry {
  return new EtcdRegistry(options);
}

/** Where the original has an index, so that a key of an earlier life is known for one's own. */
export function etcdKey(path: string, { name, host, port }: Registration): string {
  return `${path.replace(/\/+$/, '')}/${name}/${host}:${port}`;
}

/** The key as this object wrote or found it last. */
interface Written {
  readonly key: string;
  readonly value: Buffer;
  readonly lease: LeaseId;
}

/**
 * One instance's key, on a lease of its own.
 *
 * ```
 *   every third of the lease ─► keep it alive, compare the key ─► damaged: disturbed
 *   etcd away ─► probe with back-off ─► back: disturbed
 * ```
 * A write whose answer was lost may take place later. Its lease tells it apart: a registration is
 * taken out by revoking the lease first, and then nothing that hangs on it can come.
 */
class EtcdRegistry implements Registry {
  readonly #options: EtcdRegistryOptions;
  readonly #client: EtcdClient;
  readonly #closing = new AbortController();
  readonly #wake = createWake();
  /** Calls of the reporter and looks of our own do not overlap. */
  readonly #exclusive = createExclusive();
  #usable = false;
  #lastFailure: string | undefined;
  #lease: LeaseId | undefined;
  #written: Written | undefined;

  constructor(options: EtcdRegistryOptions) {
    this.#options = options;
    const { host, port, leaseSeconds } = options.place;
    const deadlineMs = Math.min((leaseSeconds * 1_000) / 3, maxCallMs);
    this.#client = createEtcdClient({ host, port, deadlineMs, clock: options.clock });
    void this.#watch(this.#closing.signal);
  }

  get usable(): boolean {
    return this.#usable;
  }

  get path(): string | undefined {
    return this.#written?.key;
  }

  async prepare(): Promise<void> {
    await this.#serve(() => this.#haveLease());
  }

  async register(registration: Registration): Promise<void> {
    await this.#serve(() => this.#write(registration));
  }

  async deregister(registration: Registration): Promise<void> {
    await this.#serve(async () => {
      const key = etcdKey(this.#options.place.path, registration);
      if (this.#lease !== undefined) await this.#client.revoke(this.#lease);
      this.#lease = undefined;
      // What is there now is of an earlier life, or somebody else wrote it.
      const outcome = await this.#client.remove(key);
      if (this.#written !== undefined || outcome === 'removed') {
        this.#options.logger.info('deregistered', { path: key });
      }
      this.#written = undefined;
    });
  }

  close(): void {
    this.#closing.abort();
    this.#client.close();
  }

  async #write(registration: Registration): Promise<void> {
    const { place, logger } = this.#options;
    const key = etcdKey(place.path, registration);
    const value = encodeRegistration(registration);
    const before = this.#written;
    const lease = await this.#haveLease();
    const outcome = await this.#client.ensure(key, { value, lease });
    this.#written = { key, value, lease };
    if (outcome === 'unchanged') return;
    const wasOurs = before?.lease === lease && before.value.equals(value);
    if (wasOurs) logger.warn('registration-repaired', { path: key });
    else logger.info('registered', { path: key });
  }

  async #haveLease(): Promise<LeaseId> {
    this.#lease ??= await this.#client.grantLease(this.#options.place.leaseSeconds);
    return this.#lease;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { clock, random, place } = this.#options;
    const backoff: Backoff = createBackoff({ ...probeMs, random });
    while (!signal.aborted) {
      await this.#call(() => this.#look()).catch((error: unknown) => this.#onFailedLook(error));
      if (this.#usable) backoff.reset();
      const waitMs = this.#usable ? (place.leaseSeconds * 1_000) / 3 : backoff.nextMs();
      await this.#wake.wait(waitMs, clock, signal).catch(() => undefined);
    }
  }

  /** Reaches for etcd whether or not there is something to look at. */
  async #look(): Promise<void> {
    if (this.#lease === undefined) return await this.#client.probe();
    if (!(await this.#client.keepAlive(this.#lease))) {
      this.#options.logger.warn('lease-expired');
      this.#loseLease();
    } else if (!(await this.#isAsWritten())) {
      this.#options.onDisturbed();
    }
  }

  async #isAsWritten(): Promise<boolean> {
    const written = this.#written;
    if (written === undefined) return true;
    const found = await this.#client.read(written.key);
    return found?.lease === written.lease && found.value.equals(written.value);
  }

  /** Refused: the reporter's calls would be too. */
  #onFailedLook(error: unknown): void {
    if (!(error instanceof RegistryError)) throw error;
    if (this.#lease === undefined) this.#setUsable(error.message);
  }

  /** The key went with it. */
  #loseLease(): void {
    this.#lease = undefined;
    this.#written = undefined;
    this.#options.onDisturbed();
  }

  /** For the reporter. A watch that rests for a third of the lease learns of a failure at once. */
  async #serve(work: () => Promise<unknown>): Promise<void> {
    const before = this.#usable;
    try {
      await this.#call(work);
    } finally {
      if (this.#usable !== before) this.#wake.wake();
    }
  }

  /** Whatever comes of it tells whether etcd can be used. */
  async #call(work: () => Promise<unknown>): Promise<void> {
    await this.#exclusive(async () => {
      try {
        await work();
        this.#setUsable(undefined);
      } catch (error) {
        if (!(error instanceof EtcdError)) throw error;
        if (error.code === 'no-lease') this.#loseLease();
        if (error.code === 'unreachable') this.#setUsable(error.message);
        throw new RegistryError(error.message, { cause: error });
      }
    });
  }

  #setUsable(failure: string | undefined): void {
    if (this.#closing.signal.aborted) return;
    const { logger, onDisturbed } = this.#options;
    const before = this.#usable;
    this.#usable = failure === undefined;
    if (failure !== undefined && failure !== this.#lastFailure) {
      logger.warn('etcd-unusable', { reason: failure });
    }
    if (failure === undefined && !before) logger.info('etcd-usable');
    this.#lastFailure = failure;
    if (this.#usable !== before) onDisturbed();
  }
}
