import { createHash } from 'node:crypto';
import { SshClient } from './client.ts';
import type { DialOptions } from './dial.ts';
import { Limiter } from './limiter.ts';
import type { SshTarget } from './target.ts';

// OpenSSH's default MaxSessions is 10.
const sessionsPerHost = 8;

/**
 * One connection per host for the length of a run.
 *
 * A host that could not be reached stays so: its other steps fail at once, not each after its
 * own minutes of dialling.
 */
export class SshPool {
  readonly #hosts = new Map<string, PooledHost>();
  readonly #options: DialOptions;

  constructor(options: DialOptions) {
    this.#options = options;
  }

  /** Calls `use` with the host's connection; throws `SshError` where there is none. */
  run<T>(target: SshTarget, use: (client: SshClient) => Promise<T>): Promise<T> {
    const host = this.#host(target);
    return host.limiter.run(async () => use(await this.#client(host, target)));
  }

  /** Closes every connection; a later `run` opens a new one. */
  close(): void {
    for (const { client } of this.#hosts.values()) {
      client?.then(
        (connected) => connected.close(),
        () => {},
      );
    }
    this.#hosts.clear();
  }

  #host(target: SshTarget): PooledHost {
    const key = createHash('sha256').update(JSON.stringify(target)).digest('hex');
    const known = this.#hosts.get(key);
    if (known !== undefined) return known;
    const host: PooledHost = { limiter: new Limiter(sessionsPerHost), client: undefined };
    this.#hosts.set(key, host);
    return host;
  }

  async #client(host: PooledHost, target: SshTarget): Promise<SshClient> {
    const current = await host.client;
    if (current !== undefined && !current.closed) return current;
    // Whoever else waits here joins the same attempt.
    if (host.client === undefined || (await host.client) === current) {
      host.client = SshClient.connect(target, this.#options);
    }
    return host.client;
  }
}

interface PooledHost {
  readonly limiter: Limiter;
  client: Promise<SshClient> | undefined;
}
