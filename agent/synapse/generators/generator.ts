import type { ServiceConfig } from '../../config/synapse.ts';
import type { Instance } from '../instance.ts';

/**
 * Makes something of the services besides HAProxy's configuration. Each one works, waits and
 * fails on its own: none stops another, nor HAProxy.
 */
export interface Generator {
  /** Such as `nginx`; no two have the same. */
  readonly name: string;
  /**
   * Level-triggered: one look at the services, and what is needed to make its output agree with
   * them. Rejects with a `GeneratorError`, or the file system's error, where that cannot be had
   * now; the output is then as it was, and the next pass tries again.
   */
  pass(services: readonly GeneratedService[]): Promise<GeneratorPass>;
}

export interface GeneratedService {
  readonly name: string;
  readonly config: ServiceConfig;
  readonly instances: readonly Instance[];
  /** `false`: no source has answered yet, nor is anything remembered (law 2: that is not empty). */
  readonly isKnown: boolean;
}

export interface GeneratorPass {
  /** Look again by then; `undefined`: when something changes. */
  readonly againInMs: number | undefined;
  /** Why the output is not yet what it should be; `undefined`: it is. */
  readonly waitingFor: string | undefined;
  readonly rejected: readonly RejectedInstance[];
}

/** An instance that is left out, so that the others serve (law 6). */
export interface RejectedInstance {
  readonly service: string;
  readonly server: string;
  readonly reason: string;
}

/** What a command or a user's file is to blame for. */
export class GeneratorError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GeneratorError';
  }
}
