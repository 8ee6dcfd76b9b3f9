import { createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { dialTcp } from '../../../../agent/lib/silent-connection.ts';
import { freePort, portOf } from '../../../support/free-ports.ts';

describe('dialTcp', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    const close = (server: Server) => new Promise((resolve) => server.close(resolve));
    await Promise.all(servers.splice(0).map(close));
  });

  const listen = async (accept: (socket: Socket) => void): Promise<number> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      accept(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return portOf(server);
  };
  const dial = (port: number) => dialTcp({ host: '127.0.0.1', port });

  it('opens, and tells when the server ends it, whatever it said before', async () => {
    for (const end of [
      (socket: Socket) => socket.end(),
      (socket: Socket) => socket.end('x'.repeat(100_000)),
      (socket: Socket) => socket.resetAndDestroy(),
    ]) {
      const connection = dial(await listen((socket) => setImmediate(() => end(socket))));
      expect(await connection.opened).to.equal(true);
      await connection.closed;
    }
  });

  it('tells when it is refused', async () => {
    const connection = dial(await freePort());
    expect(await connection.opened).to.equal(false);
    await connection.closed;
  });

  it('sends nothing until it is closed', async () => {
    const heard = Promise.withResolvers<string>();
    const port = await listen((socket) => {
      let text = '';
      socket.on('data', (data) => {
        text += data.toString();
      });
      socket.on('end', () => heard.resolve(text));
    });
    const connection = dial(port);
    await connection.opened;
    connection.close();
    await connection.closed;
    expect(await heard.promise).to.equal('');
  });

  it('can be closed before it is open', async () => {
    const connection = dial(await freePort());
    connection.close();
    expect(await connection.opened).to.equal(false);
  });
});
