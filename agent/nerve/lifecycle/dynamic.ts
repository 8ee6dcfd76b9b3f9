/** Services that processes register themselves, for as long as they renew them or are checked. */
import {
  type DynamicRequest,
  type DynamicTemplate,
  dynamicRequestSchema,
  serviceOfRequest,
} from '../../config/nerve-dynamic.ts';
import { type Clock, longestWaitMs } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { defineService, type ServiceDefinition } from '../definition.ts';

export interface DynamicOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A registration ran out. */
  readonly onExpired: () => void;
}

export interface DynamicRegistration {
  readonly request: DynamicRequest;
  /** Wall clock; for ever without it. */
  readonly expiresAtMs?: number;
}

interface Entry {
  readonly request: DynamicRequest;
  /** Monotonic: the wall clock may step between two renewals. */
  readonly endsAtMs?: number;
}

/** Where requests of this host go, and under which name. */
export interface DynamicContext {
  readonly instanceId: string;
  readonly template: DynamicTemplate;
}

export class DynamicServices {
  readonly #options: DynamicOptions;
  readonly #entries = new Map<string, Entry>();
  #cancelWait = (): void => undefined;

  constructor(options: DynamicOptions) {
    this.#options = options;
  }

  /** What the state file holds; what cannot be understood is left out. */
  restore(entries: Readonly<Record<string, { request: unknown; expiresAtMs?: number }>>): void {
    for (const [name, { request, expiresAtMs }] of Object.entries(entries)) {
      const parsed = dynamicRequestSchema.safeParse(request);
      if (!parsed.success) this.#options.logger.warn('dynamic-registration-unusable', { name });
      else this.#entries.set(name, this.#entryOf(parsed.data, expiresAtMs));
    }
    this.#expireInTime();
  }

  get all(): ReadonlyMap<string, DynamicRegistration> {
    const { clock } = this.#options;
    const aheadMs = clock.wallMs() - clock.now();
    return new Map(
      [...this.#entries].map(([name, { request, endsAtMs }]) => [
        name,
        { request, ...(endsAtMs === undefined ? {} : { expiresAtMs: endsAtMs + aheadMs }) },
      ]),
    );
  }

  define({ instanceId, template }: DynamicContext): ReadonlyMap<string, ServiceDefinition> {
    return new Map(
      [...this.#entries].map(([name, { request }]) => [
        name,
        defineService(instanceId, name, serviceOfRequest(request, template)),
      ]),
    );
  }

  put(name: string, request: DynamicRequest): void {
    this.#entries.set(name, { request });
    this.renew(name);
  }

  /** Undoes a `put`. */
  restoreOne(name: string, before: DynamicRegistration | undefined): void {
    if (before === undefined) this.#entries.delete(name);
    else this.#entries.set(name, this.#entryOf(before.request, before.expiresAtMs));
    this.#expireInTime();
  }

  /** `false` where there is none of this name. */
  renew(name: string): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined) return false;
    const { request } = entry;
    const seconds = request.expires_after_seconds;
    if (seconds !== undefined) {
      const endsAtMs = this.#options.clock.now() + seconds * 1_000;
      this.#entries.set(name, { request, endsAtMs });
    }
    this.#expireInTime();
    return true;
  }

  remove(name: string): boolean {
    return this.#entries.delete(name);
  }

  stop(): void {
    this.#cancelWait();
  }

  #entryOf(request: DynamicRequest, expiresAtMs: number | undefined): Entry {
    if (expiresAtMs === undefined) return { request };
    const { clock } = this.#options;
    return { request, endsAtMs: expiresAtMs - clock.wallMs() + clock.now() };
  }

  #expireInTime(): void {
    const { clock } = this.#options;
    this.#cancelWait();
    const ends = [...this.#entries.values()].flatMap(({ endsAtMs }) => endsAtMs ?? []);
    if (ends.length === 0) return;
    const waitMs = Math.min(Math.max(0, Math.min(...ends) - clock.now()), longestWaitMs);
    this.#cancelWait = clock.after(waitMs, () => this.#expire());
  }

  #expire(): void {
    const { clock, logger, onExpired } = this.#options;
    const nowMs = clock.now();
    const expired = [...this.#entries].filter(
      ([, { endsAtMs }]) => endsAtMs !== undefined && endsAtMs <= nowMs,
    );
    for (const [name] of expired) {
      this.#entries.delete(name);
      logger.warn('dynamic-registration-expired', { service: name });
    }
    this.#expireInTime();
    if (expired.length > 0) onExpired();
  }
}
