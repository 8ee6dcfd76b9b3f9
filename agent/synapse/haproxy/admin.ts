/** HAProxy's command sockets: the worker's (`stats socket`, level admin) and the master's (`-S`). */
import { connect as connectSocket, type Socket } from 'node:net';
import { systemClock } from '../../lib/clock.ts';

/** Sends one command line, which may hold several commands joined by `;`. */
export interface AdminSocket {
  /** The whole answer. Rejects with `AdminError` when there is none within the deadline. */
  ask(command: string): Promise<string>;
}

export type AdminErrorCode = 'unreachable' | 'deadline' | 'cut';

/** `unreachable`: nothing was sent. Else the command may have been carried out. */
export class AdminError extends Error {
  readonly code: AdminErrorCode;

  constructor(code: AdminErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AdminError';
    this.code = code;
  }
}

export interface AdminSocketOptions {
  readonly path: string;
  readonly deadlineMs: number;
  readonly connect?: (path: string) => Socket;
}

const maxAnswerBytes = 256 * 1024 * 1024;

/**
 * One connection for each command line: HAProxy then marks the answer's end by closing. The
 * half-close after the command is what makes the master close at all.
 */
export function createAdminSocket(options: AdminSocketOptions): AdminSocket {
  return { ask: (command) => ask(options, command) };
}

/** Throws `TypeError` where HAProxy would see more than one. */
export function requireOneLine(command: string): void {
  if (/[\r\n\0]/.test(command)) throw new TypeError('a command is one line');
}

function ask({ path, deadlineMs, connect = connectSocket }: AdminSocketOptions, command: string) {
  requireOneLine(command);
  return new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let connected = false;
    const socket = connect(path);
    const settle = (error?: AdminError): void => {
      stopTimer();
      socket.destroy();
      if (error === undefined) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(error);
    };
    const stopTimer = systemClock.after(deadlineMs, () => {
      settle(new AdminError('deadline', `${path}: no answer within ${deadlineMs} ms`));
    });
    socket.on('connect', () => {
      connected = true;
      socket.end(`${command}\n`);
    });
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) settle(new AdminError('cut', `${path}: the answer has no end`));
    });
    socket.on('end', () => {
      // Who agrees in silence says at least an empty line.
      if (bytes > 0) settle();
      else settle(new AdminError('cut', `${path}: closed without an answer`));
    });
    socket.on('error', (cause) => {
      settle(
        new AdminError(connected ? 'cut' : 'unreachable', `${path}: ${cause.message}`, { cause }),
      );
    });
  });
}
