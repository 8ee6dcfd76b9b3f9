/**
 * The HTTP API of a daemon: one list of endpoints, two places to ask.
 *
 *   127.0.0.1:port ──(reads only)──┐
 *                                  ├─► answer ─► endpoint's handler
 *   Unix socket ─────(everything)──┘
 */
import type { Channel } from './http-api/access.ts';
import { type AnswerRequest, createAnswerer } from './http-api/answer.ts';
import type { Endpoint, Validate } from './http-api/endpoint.ts';
import {
  createApiServer,
  defaultLimits,
  type Limits,
  type Listener,
  listenOnPort,
  type TcpListener,
} from './http-api/listener.ts';
import type { ApiInfo } from './http-api/openapi.ts';
import { createRouter } from './http-api/router.ts';
import { withDescription } from './http-api/self-description.ts';
import { listenOnSocket, SocketPathError } from './http-api/unix-socket.ts';
import type { Logger } from './logger.ts';
import { isSystemError } from './system-error.ts';

export interface HttpApiOptions {
  readonly info: ApiInfo;
  readonly endpoints: readonly Endpoint[];
  readonly validate: Validate;
  readonly logger: Logger;
  readonly limits?: Limits;
}

/** Where to listen; `null` for not there. */
export interface ListenOptions {
  /** On 127.0.0.1; 0 takes any free one. */
  readonly port: number | null;
  /** A path of at most 107 bytes. */
  readonly socket: string | null;
}

/** Listens wherever the configuration says at present. Calls must not overlap. */
export class HttpApi {
  readonly #logger: Logger;
  readonly #limits: Limits;
  readonly #answer: AnswerRequest;
  #wanted: ListenOptions = { port: null, socket: null };
  #tcp: TcpListener | undefined;
  #unix: Listener | undefined;

  constructor({ info, endpoints, validate, logger, limits = defaultLimits }: HttpApiOptions) {
    this.#logger = logger;
    this.#limits = limits;
    const router = createRouter(withDescription(info, endpoints));
    this.#answer = createAnswerer({ router, validate, logger });
  }

  /** Where it listens on 127.0.0.1; `undefined` while it does not. */
  get port(): number | undefined {
    return this.#tcp?.port;
  }

  /** The path of its Unix socket; `undefined` while there is none. */
  get socket(): string | undefined {
    return this.#unix && (this.#wanted.socket ?? undefined);
  }

  /**
   * A place that cannot be had is logged, tried again at the next call, and no reason to stop: a
   * daemon's work matters more than who may ask about it.
   */
  async listen(wanted: ListenOptions): Promise<void> {
    const before = this.#wanted;
    this.#wanted = wanted;
    if (wanted.socket !== before.socket || !(await this.#unix?.isReachable())) {
      await this.#moveSocket(wanted.socket);
    }
    // What the port answers names the socket.
    if (wanted.port !== before.port || wanted.socket !== before.socket || !this.#tcp) {
      await this.#movePort(wanted);
    }
  }

  async close(): Promise<void> {
    await this.listen({ port: null, socket: null });
  }

  async #moveSocket(socket: string | null): Promise<void> {
    await this.#unix?.close();
    this.#unix = undefined;
    if (socket === null) return;
    this.#unix = await this.#attempt({ socket }, () =>
      listenOnSocket(this.#createServer({ kind: 'unix' }), socket),
    );
  }

  async #movePort({ port, socket }: ListenOptions): Promise<void> {
    await this.#tcp?.close();
    this.#tcp = undefined;
    if (port === null) return;
    this.#tcp = await this.#attempt({ port }, () =>
      listenOnPort(this.#createServer({ kind: 'tcp', socketPath: socket }), port),
    );
  }

  #createServer(channel: Channel) {
    return createApiServer(this.#answer, channel, this.#limits);
  }

  async #attempt<L>(where: object, open: () => Promise<L>): Promise<L | undefined> {
    try {
      return await open();
    } catch (error) {
      if (!isSystemError(error) && !(error instanceof SocketPathError)) throw error;
      this.#logger.error('api-unavailable', { ...where, error });
      return undefined;
    }
  }
}
