import type { Logger } from './logger.ts';
import { type LoopbackApi, type Route, startLoopbackApi } from './loopback-api.ts';
import { isSystemError } from './system-error.ts';

export interface MovableApiOptions {
  readonly routes: ReadonlyMap<string, Route>;
  readonly logger: Logger;
}

/** A daemon's HTTP API, on whatever port the configuration has at present. */
export class MovableApi {
  readonly #options: MovableApiOptions;
  #api: LoopbackApi | undefined;
  #wanted: number | null = null;

  constructor(options: MovableApiOptions) {
    this.#options = options;
  }

  /** Where it listens; `undefined` while it does not. */
  get port(): number | undefined {
    return this.#api?.port;
  }

  /**
   * `null` for nowhere. A port that is taken is logged and no reason to stop: a daemon's work
   * matters more than who may ask about it.
   */
  async listen(port: number | null): Promise<void> {
    if (port === this.#wanted && this.#api) return;
    await this.close();
    this.#wanted = port;
    if (port === null) return;
    const { routes, logger } = this.#options;
    try {
      this.#api = await startLoopbackApi({ port, routes });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      logger.error('api-unavailable', { port, error });
    }
  }

  async close(): Promise<void> {
    await this.#api?.close();
    this.#api = undefined;
  }
}
