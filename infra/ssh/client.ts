import type { ClientChannel, SFTPWrapper } from 'ssh2';
import { type DialOptions, dial, type Link } from './dial.ts';
import { endpointOf, SshError, type SshTarget } from './target.ts';

export interface ExecOptions {
  readonly stdin?: string;
  /** Asked of the server, which may ignore it (`AcceptEnv`). */
  readonly environment?: Readonly<Record<string, string>>;
  /** Receives output as it comes, not split into lines. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: string) => void;
  /** Sends the command SIGTERM, waits two seconds, then leaves it. */
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  /** The exit status; `undefined` when a signal ended the command. */
  readonly status: number | undefined;
  readonly endedBy: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order of arrival. */
  readonly output: string;
}

const left = 'interrupted; what was running there may still finish by itself';

/**
 * One multiplexed connection to one host.
 *
 * The socket keeps the process alive only while something runs on it.
 */
export class SshClient {
  readonly endpoint: string;
  readonly #link: Link;
  #busy = 0;
  #closed = false;

  private constructor(target: SshTarget, link: Link) {
    this.endpoint = endpointOf(target);
    this.#link = link;
    link.client.once('close', () => {
      this.#closed = true;
    });
    link.socket?.unref();
  }

  static async connect(target: SshTarget, options: DialOptions): Promise<SshClient> {
    return new SshClient(target, await dial(target, options));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Runs a shell command. A non-zero exit is a result; a broken connection throws. */
  exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    return this.#held(async () => {
      const channel = await this.#open(command, options);
      return this.#collect(channel, options);
    });
  }

  /** Calls `use` with an SFTP session that is closed afterwards. */
  withSftp<T>(use: (sftp: SFTPWrapper) => Promise<T>): Promise<T> {
    return this.#held(async () => {
      const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
        this.#link.client.sftp((error, session) =>
          error === undefined ? resolve(session) : reject(this.#lost('opening SFTP', error)),
        );
      });
      try {
        return await Promise.race([use(sftp), this.#untilClosed('copying')]);
      } finally {
        sftp.end();
      }
    });
  }

  close(): void {
    this.#link.client.end();
    this.#link.bastion?.end();
  }

  #open(command: string, options: ExecOptions): Promise<ClientChannel> {
    const { environment } = options;
    return new Promise((resolve, reject) => {
      this.#link.client.exec(
        command,
        environment === undefined ? {} : { env: { ...environment } },
        (error, channel) =>
          error === undefined ? resolve(channel) : reject(this.#lost('starting a command', error)),
      );
    });
  }

  async #collect(channel: ClientChannel, options: ExecOptions): Promise<ExecResult> {
    const texts = { stdout: '', stderr: '', output: '' };
    const take = (stream: 'stdout' | 'stderr') => (chunk: string) => {
      texts[stream] += chunk;
      texts.output += chunk;
      options.onOutput?.(stream, chunk);
    };
    channel.setEncoding('utf8').on('data', take('stdout'));
    channel.stderr.setEncoding('utf8').on('data', take('stderr'));
    const ended = new Promise<ExecResult>((resolve, reject) => {
      let exit: { status: number | undefined; endedBy: string | undefined } | undefined;
      channel.on('exit', (status: number | null, name?: string) => {
        exit = { status: status ?? undefined, endedBy: name };
      });
      channel.on('close', () => {
        if (exit === undefined) reject(this.#lost('running a command'));
        else resolve({ ...exit, ...texts });
      });
    });
    const stop = this.#stopOnAbort(channel, options.signal);
    channel.on('error', () => {}); // EPIPE of a command that reads no input; 'close' follows
    channel.end(options.stdin ?? '');
    try {
      return await Promise.race([ended, stop.aborted]);
    } finally {
      stop.forget();
    }
  }

  // sshd may refuse to pass the signal on (it does for root): then the command is left alone.
  #stopOnAbort(channel: ClientChannel, signal: AbortSignal | undefined) {
    let timer: NodeJS.Timeout | undefined;
    let abort = (): void => {};
    const aborted = new Promise<never>((_resolve, reject) => {
      abort = () => {
        channel.signal('TERM');
        timer = setTimeout(() => {
          channel.close();
          reject(new SshError('aborted', this.endpoint, left));
        }, 2_000);
      };
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort, { once: true });
    });
    const forget = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    return { aborted, forget };
  }

  #untilClosed(doing: string): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.#link.client.once('close', () => reject(this.#lost(doing)));
    });
  }

  #lost(doing: string, cause?: Error): SshError {
    const why = cause === undefined ? '' : ` (${cause.message})`;
    const message = `the connection broke while ${doing}${why}`;
    return new SshError('lost', this.endpoint, message, { cause });
  }

  async #held<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    this.#link.socket?.ref();
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0) this.#link.socket?.unref();
    }
  }
}
