import type { Socket } from 'node:dgram';
import type { Clock } from './clock.ts';
import { createDatagramPacker } from './datagram-packer.ts';
import { withDeadline } from './deadline.ts';
import { type Address, createHostAddress, type HostAddressOptions } from './host-address.ts';
import { createWake } from './wake.ts';

export interface DatagramSenderOptions extends HostAddressOptions {
  readonly port: number;
  readonly clock: Clock;
}

/** Sends lines over UDP, many in a datagram. Never throws; what cannot be sent is dropped. */
export interface DatagramSender {
  /** A line that alone is too long for a datagram is dropped. */
  add(line: string): void;
  /** Sends what is left, unless the host's address is too long in coming. */
  close(): Promise<void>;
}

/** Fits an Ethernet frame with room for tunnels, so that no datagram is split on its way. */
const datagramBytes = 1_400;
/** Lines wait so long for company. */
const flushMs = 100;
/** How long closing waits for the last ones to go. */
const closeMs = 200;
/** What may wait for an address: 90 KB. */
const waiting = 64;

export function createDatagramSender(options: DatagramSenderOptions): DatagramSender {
  const { clock, port } = options;
  const packer = createDatagramPacker({ datagramBytes, waiting });
  const address = createHostAddress(options);
  const outlet = createOutlet(port);
  const wake = createWake();
  const closing = new AbortController();
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    try {
      do {
        await wake.wait(flushMs, clock, closing.signal).catch(() => undefined);
        const target = await address.current();
        // The next line tries again.
        if (target === undefined) return;
        for (const datagram of packer.take()) await outlet.send(datagram, target);
      } while (!packer.isEmpty);
    } finally {
      running = undefined;
    }
  };
  return {
    add: (line) => {
      if (closing.signal.aborted || !packer.add(line)) return;
      if (packer.isFull) wake.wake();
      running ??= run();
    },
    close: async () => {
      closing.abort();
      const sent = running ?? Promise.resolve();
      await withDeadline(sent, { ms: closeMs, clock }).catch(() => undefined);
      outlet.close();
    },
  };
}

interface Outlet {
  /** Resolves when the datagram is out, or lost. */
  send(text: string, target: Address): Promise<void>;
  close(): void;
}

/** A socket of the address's family, made when there is something to send. */
function createOutlet(port: number): Outlet {
  let open: { readonly socket: Socket; readonly family: number } | undefined;
  let closed = false;
  const close = (): void => {
    open?.socket.close();
    open = undefined;
  };
  const socketFor = async (family: number): Promise<Socket> => {
    if (open?.family === family) return open.socket;
    const { createSocket } = await import('node:dgram');
    close();
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    socket.on('error', close);
    // Holds no process that is otherwise done.
    socket.unref();
    open = { socket, family };
    return socket;
  };
  return {
    send: async (text, { address, family }) => {
      const socket = await socketFor(family);
      if (closed) return close();
      await new Promise<void>((resolve) => {
        const done = (): void => {
          socket.off('error', done);
          resolve();
        };
        // A socket that cannot be bound never calls back.
        socket.once('error', done);
        socket.send(text, port, address, done);
      });
    },
    close: () => {
      closed = true;
      close();
    },
  };
}
