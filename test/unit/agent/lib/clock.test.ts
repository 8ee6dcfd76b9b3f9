import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../../../agent/lib/clock.ts';
import { standStill } from '../../../support/stand-still.ts';

describe('systemClock.after', () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => server.close());

  it('takes what came in while the process stood still before it calls time', async () => {
    const seen: string[] = [];
    const { port } = Object(server.address());
    const socket = connect(port, '127.0.0.1', () => seen.push('connected'));
    await new Promise<void>((resolve) => {
      systemClock.after(20, () => resolve(void seen.push('time')));
      process.nextTick(() => standStill(60));
    });
    socket.destroy();
    expect(seen).to.deep.equal(['connected', 'time']);
  });

  it('can be cancelled by what came in', async () => {
    let timeIsOver = false;
    const cancel = systemClock.after(20, () => {
      timeIsOver = true;
    });
    const { port } = Object(server.address());
    const socket = connect(port, '127.0.0.1', cancel);
    process.nextTick(() => standStill(60));
    await once(socket, 'close');
    expect(timeIsOver).to.equal(false);
  });
});
