import type { Logger } from '../../lib/logger.ts';
import { type LoopbackApi, startLoopbackApi } from '../../lib/loopback-api.ts';
import type { NerveStatus } from '../status.ts';
import { health } from './health.ts';
import { status } from './status.ts';

export interface StatusApiOptions {
  readonly read: () => NerveStatus;
  readonly logger: Logger;
}

/** The HTTP API, on whatever port the configuration has at present. */
export class StatusApi {
  readonly #options: StatusApiOptions;
  #api: LoopbackApi | undefined;
  #wanted: number | null = null;

  constructor(options: StatusApiOptions) {
    this.#options = options;
  }

  /** Where it listens; `undefined` while it does not. */
  get port(): number | undefined {
    return this.#api?.port;
  }

  /** A port that is taken is logged and no reason to stop: registrations matter more. */
  async listen(port: number | null): Promise<void> {
    if (port === this.#wanted && this.#api) return;
    await this.close();
    this.#wanted = port;
    if (port === null) return;
    const { read, logger } = this.#options;
    const routes = new Map([
      ['/health', (): object => health(read())],
      ['/status', (): object => status(read())],
    ]);
    try {
      this.#api = await startLoopbackApi({ port, routes });
    } catch (error) {
      logger.error('api-unavailable', { port, error });
    }
  }

  async close(): Promise<void> {
    await this.#api?.close();
    this.#api = undefined;
  }
}
