import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ConnectConfig } from 'ssh2';
import { classify } from './classify.ts';
import { connectConfig } from './connect-config.ts';
import { endpointOf, SshError, type SshTarget } from './target.ts';

/** An established connection; `socket` is absent behind a bastion. */
export interface Link {
  readonly client: Client;
  readonly socket: Socket | undefined;
  readonly bastion: Client | undefined;
}

export interface DialOptions {
  readonly signal: AbortSignal;
  /** Hears of each failed attempt: its number, from 1, and why. */
  readonly onRetry?: (attempt: number, error: SshError) => void;
}

const firstDelayMs = 100;
const delayFactor = 1.5;
const maxDelayMs = 5_000;

/** Connects, trying again as `dialErrorLimit` says; a wrong host key ends it at once. */
export async function dial(target: SshTarget, options: DialOptions): Promise<Link> {
  let delayMs = firstDelayMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dialOnce(target, options);
    } catch (error) {
      if (!(error instanceof SshError) || !worthRepeating(error)) throw error;
      if (target.dialErrorLimit >= 0 && attempt >= target.dialErrorLimit) {
        throw tired(error, attempt);
      }
      options.onRetry?.(attempt, error);
    }
    await sleep(delayMs * (0.75 + Math.random() / 2), undefined, { signal: options.signal });
    delayMs = Math.min(delayMs * delayFactor, maxDelayMs);
  }
}

// A booting machine refuses connections, then keys; only what cannot heal is final.
function worthRepeating(error: SshError): boolean {
  return error.fault === 'unreachable' || error.fault === 'authentication';
}

function tired(error: SshError, attempts: number): SshError {
  const reason = error.message.slice(error.endpoint.length + 2);
  const times = attempts === 1 ? '' : ` (tried ${attempts} times)`;
  return new SshError(error.fault, error.endpoint, `${reason}${times}`, { cause: error });
}

async function dialOnce(target: SshTarget, options: DialOptions): Promise<Link> {
  options.signal.throwIfAborted();
  const config = connectConfig(target);
  if (target.proxy === undefined) {
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    const client = await handshake(target, { ...config, sock: socket }, options.signal);
    return { client, socket, bastion: undefined };
  }
  const { client: bastion } = await dial(target.proxy, options);
  try {
    const sock = await forward(bastion, target);
    const client = await handshake(target, { ...config, sock }, options.signal);
    return { client, socket: undefined, bastion };
  } catch (error) {
    bastion.end();
    throw error;
  }
}

function forward(bastion: Client, target: SshTarget): Promise<NonNullable<ConnectConfig['sock']>> {
  return new Promise((resolve, reject) => {
    // The bastion itself waits for minutes.
    const giveUp = (): void => reject(classify(target, new Error('timed out')));
    const { perDialTimeout } = target;
    const timer = perDialTimeout > 0 ? setTimeout(giveUp, perDialTimeout * 1_000) : undefined;
    bastion.forwardOut('127.0.0.1', 0, target.host, target.port, (error, channel) => {
      clearTimeout(timer);
      if (error !== undefined) return reject(classify(target, error));
      // Where the host ends its side, the bastion leaves ours open, as if there were more to say.
      channel.once('end', () => channel.end());
      resolve(channel);
    });
  });
}

function handshake(target: SshTarget, config: ConnectConfig, signal: AbortSignal): Promise<Client> {
  const client = new Client();
  return new Promise<Client>((resolve, reject) => {
    const fail = (error: Error): void => {
      client.destroy();
      reject(error);
    };
    const abort = (): void => fail(new SshError('aborted', endpointOf(target), 'interrupted'));
    signal.addEventListener('abort', abort, { once: true });
    client.once('ready', () => {
      signal.removeEventListener('abort', abort);
      resolve(client);
    });
    // Stays for good: an 'error' without a listener would end the process.
    client.on('error', (error) => fail(classify(target, error)));
    client.once('close', () => fail(classify(target, new Error('connection closed'))));
    try {
      client.connect(config);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      fail(new SshError('bad-settings', endpointOf(target), reason, { cause }));
    }
  });
}
