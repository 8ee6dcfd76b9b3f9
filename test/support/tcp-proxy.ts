import { Buffer } from 'node:buffer';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { portOf } from './free-ports.ts';

/** Stands between a client and a server on loopback, and breaks their connection on demand. */
export interface TcpProxy {
  readonly address: string;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Passes no byte in either direction from now on; connections stay open. */
  freeze(): void;
  /** Undoes `freeze` for new connections; frozen ones stay so. */
  thaw(): void;
  /** Lets `bytes` more of the server's answer through on each open connection, then cuts it. */
  cutAfter(bytes: number): void;
  cutAll(): void;
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes of the server's that may still pass before the cut. */
  allowance: number;
  frozen: boolean;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const links = new Set<Link>();
  let frozen = false;
  let accepted = 0;
  const listener = createServer((client) => {
    accepted += 1;
    const server = connect(targetPort, '127.0.0.1');
    const link: Link = { client, server, allowance: Number.POSITIVE_INFINITY, frozen };
    links.add(link);
    relay(link, () => links.delete(link));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const cutAll = (): void => {
    for (const link of links) cut(link);
  };
  return {
    address: `127.0.0.1:${portOf(listener)}`,
    get accepted() {
      return accepted;
    },
    freeze: () => {
      frozen = true;
      for (const link of links) link.frozen = true;
    },
    thaw: () => {
      frozen = false;
    },
    cutAfter: (bytes) => {
      for (const link of links) link.allowance = bytes;
    },
    cutAll,
    close: async () => {
      cutAll();
      await closeListener(listener);
    },
  };
}

function relay(link: Link, onClose: () => void): void {
  const { client, server } = link;
  client.on('data', (data) => {
    if (!link.frozen) server.write(data);
  });
  server.on('data', (data) => {
    if (link.frozen) return;
    const passed = Buffer.from(data).subarray(0, link.allowance);
    link.allowance -= passed.length;
    client.write(passed, () => {
      if (link.allowance === 0) cut(link);
    });
  });
  for (const socket of [client, server]) {
    socket.on('error', () => cut(link));
    socket.on('close', () => {
      cut(link);
      onClose();
    });
  }
}

function cut({ client, server }: Link): void {
  client.destroy();
  server.destroy();
}

function closeListener(listener: Server): Promise<void> {
  return new Promise((resolve) => {
    listener.close(() => resolve());
  });
}
