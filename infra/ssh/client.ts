import type { SFTPWrapper } from 'ssh2';
import { type DialOptions, dial, type Link } from './dial.ts';
import { type ExecOptions, type ExecResult, runningCommand } from './running-command.ts';
import { endpointOf, SshError, type SshTarget } from './target.ts';

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
  readonly #gone: Promise<void>;

  private constructor(target: SshTarget, link: Link) {
    this.endpoint = endpointOf(target);
    this.#link = link;
    this.#gone = new Promise((resolve) => {
      link.client.once('close', () => {
        this.#closed = true;
        link.bastion?.end();
        resolve();
      });
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
    return this.#held(() => this.#start(command, options));
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
        return await Promise.race([
          use(sftp),
          this.#gone.then(() => {
            throw this.#lost('copying');
          }),
        ]);
      } finally {
        sftp.end();
      }
    });
  }

  close(): void {
    this.#link.client.end();
    this.#link.bastion?.end();
  }

  /**
   * The end of a quick command can arrive in the same packet as the answer to its start: whoever
   * listens for it has to do so before that answer is left.
   */
  #start(command: string, options: ExecOptions): Promise<ExecResult> {
    const { environment } = options;
    return new Promise((resolve, reject) => {
      this.#link.client.exec(
        command,
        environment === undefined ? {} : { env: { ...environment } },
        (error, channel) => {
          if (error !== undefined) reject(this.#lost('starting a command', error));
          else runningCommand(channel, options, this.endpoint).then(resolve, reject);
        },
      );
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
