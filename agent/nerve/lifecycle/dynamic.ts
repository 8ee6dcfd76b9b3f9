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

/** Where requests of this host go, and under which name. */
export interface DynamicContext {
  readonly instanceId: string;
  readonly template: DynamicTemplate;
}

export class DynamicServices {
  readonly #options: DynamicOptions;
  readonly #registrations = new Map<string, DynamicRegistration>();
  #cancelWait = (): void => undefined;

  constructor(options: DynamicOptions) {
    this.#options = options;
  }

  /** What the state file holds; what cannot be understood is left out. */
  restore(entries: Readonly<Record<string, { request: unknown; expiresAtMs?: number }>>): void {
    for (const [name, { request, expiresAtMs }] of Object.entries(entries)) {
      const parsed = dynamicRequestSchema.safeParse(request);
      if (!parsed.success) this.#options.logger.warn('dynamic-registration-unusable', { name });
      else {
        this.#registrations.set(name, {
          request: parsed.data,
          ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
        });
      }
    }
    this.#expireInTime();
  }

  get all(): ReadonlyMap<string, DynamicRegistration> {
    return this.#registrations;
  }

  define({ instanceId, template }: DynamicContext): ReadonlyMap<string, ServiceDefinition> {
    return new Map(
      [...this.#registrations].map(([name, { request }]) => [
        name,
        defineService(instanceId, name, serviceOfRequest(request, template)),
      ]),
    );
  }

  put(name: string, request: DynamicRequest): void {
    this.#registrations.set(name, { request });
    this.renew(name);
  }

  /** Undoes a `put`. */
  restoreOne(name: string, before: DynamicRegistration | undefined): void {
    if (before === undefined) this.#registrations.delete(name);
    else this.#registrations.set(name, before);
    this.#expireInTime();
  }

  /** `false` where there is none of this name. */
  renew(name: string): boolean {
    const registration = this.#registrations.get(name);
    if (registration === undefined) return false;
    const { request } = registration;
    const seconds = request.expires_after_seconds;
    if (seconds !== undefined) {
      const expiresAtMs = this.#options.clock.wallMs() + seconds * 1_000;
      this.#registrations.set(name, { request, expiresAtMs });
    }
    this.#expireInTime();
    return true;
  }

  remove(name: string): boolean {
    return this.#registrations.delete(name);
  }

  stop(): void {
    this.#cancelWait();
  }

  #expireInTime(): void {
    const { clock } = this.#options;
    this.#cancelWait();
    const ends = [...this.#registrations.values()].flatMap((one) => one.expiresAtMs ?? []);
    if (ends.length === 0) return;
    const waitMs = Math.min(Math.max(0, Math.min(...ends) - clock.wallMs()), longestWaitMs);
    this.#cancelWait = clock.after(waitMs, () => this.#expire());
  }

  #expire(): void {
    const { clock, logger, onExpired } = this.#options;
    const nowMs = clock.wallMs();
    const expired = [...this.#registrations].filter(
      ([, { expiresAtMs }]) => expiresAtMs !== undefined && expiresAtMs <= nowMs,
    );
    for (const [name] of expired) {
      this.#registrations.delete(name);
      logger.warn('dynamic-registration-expired', { service: name });
    }
    this.#expireInTime();
    if (expired.length > 0) onExpired();
  }
}
