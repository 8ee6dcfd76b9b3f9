import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { eventually, throughout } from '../../../support/eventually.ts';
import { accessAs, type ObservedSession, openSession } from '../../../support/zookeeper-session.ts';

/** Digest credentials are never refused by ZooKeeper itself: a server that does is made here. */
describe('credentials that a server refuses', () => {
  let server: Server;
  let accepted: number;
  let observed: ObservedSession;

  beforeEach(async () => {
    accepted = 0;
    server = createServer((socket) => {
      accepted += 1;
      socket.once('data', () => refuse(socket));
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    observed.session.abandon();
    server.close();
  });

  it('are named once, and the server is not overrun', async () => {
    const { port } = addressOf(server);
    observed = openSession({ hosts: [`127.0.0.1:${port}`], access: accessAs('nerve:wrong') });
    await eventually(() => expect(accepted).to.be.greaterThan(1));
    await throughout(() => expect(observed.states).to.deep.equal([]), { durationMs: 1_000 });
    expect(observed.logger.events()).to.deep.equal(['zookeeper-authentication-failed']);
    // 50 to 100, 100 to 200, 200 to 400, … ms.
    expect(accepted).to.be.below(9);
  });
});

/** An accepted session, then "authentication failed" (-115) for the credentials (xid -4). */
function refuse(socket: Socket): void {
  const response = Buffer.alloc(4 + 36);
  response.writeInt32BE(36, 0);
  response.writeInt32BE(2_000, 8);
  response.writeInt32BE(1, 16);
  response.writeInt32BE(16, 20);
  const reply = Buffer.alloc(4 + 16);
  reply.writeInt32BE(16, 0);
  reply.writeInt32BE(-4, 4);
  reply.writeInt32BE(-115, 16);
  socket.write(response);
  socket.once('data', () => socket.end(reply));
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address;
}
