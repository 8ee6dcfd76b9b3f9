import { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { SshError } from './target.ts';

export interface ExecOptions {
  /** A stream feeds the command for as long as it lasts. */
  readonly stdin?: string | Readable;
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

const leaveAfterMs = 2_000;

/** Feeds a started command its input and waits for its end. */
export async function runningCommand(
  channel: ClientChannel,
  options: ExecOptions,
  endpoint: string,
): Promise<ExecResult> {
  const ended = collect(channel, options, endpoint);
  const stop = stopOnAbort(channel, options.signal, endpoint);
  channel.on('error', () => {}); // EPIPE of a command that reads no input; 'close' follows
  if (options.stdin instanceof Readable) options.stdin.pipe(channel);
  else channel.end(options.stdin ?? '');
  try {
    return await Promise.race([ended, stop.aborted]);
  } finally {
    stop.forget();
  }
}

function collect(
  channel: ClientChannel,
  options: ExecOptions,
  endpoint: string,
): Promise<ExecResult> {
  const texts = { stdout: '', stderr: '', output: '' };
  const take = (stream: 'stdout' | 'stderr') => (chunk: string) => {
    texts[stream] += chunk;
    texts.output += chunk;
    options.onOutput?.(stream, chunk);
  };
  channel.setEncoding('utf8').on('data', take('stdout'));
  channel.stderr.setEncoding('utf8').on('data', take('stderr'));
  return new Promise((resolve, reject) => {
    let exit: { status: number | undefined; endedBy: string | undefined } | undefined;
    channel.on('exit', (status: number | null, name?: string) => {
      exit = { status: status ?? undefined, endedBy: name };
    });
    channel.on('close', () => {
      if (exit !== undefined) resolve({ ...exit, ...texts });
      else reject(new SshError('lost', endpoint, 'the connection broke while running a command'));
    });
  });
}

// sshd may refuse to pass the signal on (it does for root): then the command is left alone.
function stopOnAbort(channel: ClientChannel, signal: AbortSignal | undefined, endpoint: string) {
  let timer: NodeJS.Timeout | undefined;
  let abort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      channel.signal('TERM');
      timer = setTimeout(() => {
        const message = 'interrupted; what was running there may still finish by itself';
        channel.close();
        reject(new SshError('aborted', endpoint, message));
      }, leaveAfterMs);
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
