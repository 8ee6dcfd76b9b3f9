import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Hears what is sent to a free port of a loopback address. */
export interface UdpServer {
  readonly port: number;
  /** So far, in order. */
  readonly datagrams: readonly Buffer[];
  /** Of all datagrams so far. */
  lines(): readonly string[];
  close(): Promise<void>;
}

export async function startUdpServer(address = '127.0.0.1'): Promise<UdpServer> {
  const datagrams: Buffer[] = [];
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  socket.on('message', (data) => datagrams.push(data));
  socket.bind(0, address);
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    datagrams,
    lines: () => datagrams.flatMap((data) => data.toString().split('\n')),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
