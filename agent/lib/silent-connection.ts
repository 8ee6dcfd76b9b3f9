import { connect } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A TCP connection on which no byte is ever sent; it does not keep the process alive. */
export interface SilentConnection {
  /** False when it failed, or was closed before. */
  readonly opened: Promise<boolean>;
  /** Resolves at its end, by whichever side or cause, also when it never opened. */
  readonly closed: Promise<void>;
  close(): void;
}

export type Dial = (address: Address) => SilentConnection;

export const dialTcp: Dial = ({ host, port }) => {
  const socket = connect({ host, port }).unref();
  // What the peer says is dropped unread, but read: its end would go unnoticed otherwise.
  socket.on('error', () => undefined).resume();
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  const connected = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
  });
  return {
    opened: Promise.race([connected, closed.then(() => false)]),
    closed,
    close: () => socket.destroy(),
  };
};
