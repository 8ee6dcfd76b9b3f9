import type { DepartureReason } from '../../departure.ts';
import type { Registration } from '../../registration.ts';

/**
 * One instance's place in a registry, as its reporter sees it. Knows how to bring one instance
 * in and out; when to do so is decided by `reporter.ts`. Calls do not overlap.
 */
export interface Registry {
  /** Whether it can be reached at present; `onDisturbed` tells when that changes. */
  readonly usable: boolean;
  /** Where the instance stands in it, as far as is known. */
  readonly path: string | undefined;
  /** Looks around, so that the first registration is quick; changes no registration. */
  prepare(registration: Registration): Promise<void>;
  /** Afterwards the instance is registered exactly once, with these data. */
  register(registration: Registration): Promise<void>;
  /** Afterwards it is not registered; the reason is announced where the registry can tell it. */
  deregister(registration: Registration, reason: DepartureReason): Promise<void>;
  /** Leaves what is registered as it is. */
  close(): void;
}

/** The registry did not do as asked; whether it will have an effect is unknown. Worth a retry. */
export class RegistryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryError';
  }
}

/** To be called when the registry may no longer say what it was last told. */
export type OnDisturbed = () => void;
