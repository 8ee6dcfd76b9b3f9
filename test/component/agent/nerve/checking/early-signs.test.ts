import { createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { checkSchema } from '../../../../../agent/config/nerve-checks.ts';
import { systemClock } from '../../../../../agent/lib/clock.ts';
import { type CheckLoop, startCheckLoop } from '../../../../../agent/nerve/checking/check-loop.ts';
import { createRunCheck } from '../../../../../agent/nerve/checks/check.ts';
import { defineCheck } from '../../../../../agent/nerve/checks/definition.ts';
import { type ChildServer, startChildServer } from '../../../../support/child-server.ts';
import { eventually } from '../../../../support/eventually.ts';
import { freePort, portOf } from '../../../../support/free-ports.ts';

describe('early signs of a real service', () => {
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  /** Regular rounds are a minute apart: what is heard before has another cause. */
  const check = (port: number, options: object, crashWatch: boolean) => {
    const heard: string[] = [];
    const unkept: string[] = [];
    let rounds = 0;
    const loop: CheckLoop = startCheckLoop({
      plan: {
        checks: [
          defineCheck({ host: '127.0.0.1', port }, checkSchema.parse({ timeout: 5, ...options })),
        ],
        intervalMs: 60_000,
        fastIntervalMs: 50,
        mocked: false,
        crashWatch,
        host: '127.0.0.1',
        port,
      },
      clock: systemClock,
      random: () => 0,
      runCheck: createRunCheck(),
      onHealth: (health) => {
        if (heard.at(-1) !== health) heard.push(health);
      },
      onResult: () => {
        rounds += 1;
      },
      onUnkept: () => unkept.push('unkept'),
    });
    cleanUps.push(() => loop.stop());
    const becomes = (...healths: readonly string[]): Promise<unknown> =>
      eventually(() => expect(heard).to.deep.equal(healths));
    const triggerRound = async (): Promise<void> => {
      const before = rounds;
      loop.trigger();
      await eventually(() => expect(rounds).to.be.above(before));
    };
    return { loop, unkept, becomes, triggerRound };
  };
  const start = async (port: number): Promise<ChildServer> => {
    const server = await startChildServer(port);
    cleanUps.push(server.kill);
    return server;
  };
  /** A server that keeps what it hears; `accept` sees each connection. */
  const listen = async (accept: (socket: Socket) => void = () => undefined) => {
    const heard: string[] = [];
    const sockets = new Set<Socket>();
    let accepted = 0;
    const server: Server = createServer((socket) => {
      accepted += 1;
      sockets.add(socket);
      socket.on('data', (data) => heard.push(data.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      accept(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return { port: portOf(server), heard, sockets, accepted: () => accepted };
  };
  const http = { type: 'http', uri: '/' };

  it('finds a service that starts', async () => {
    const port = await freePort();
    const { becomes } = check(port, http, false);
    await becomes('down');
    await start(port);
    await becomes('down', 'up');
  });

  it('finds a service that is killed, and that it is back', async () => {
    const port = await freePort();
    const server = await start(port);
    const { becomes } = check(port, { ...http, fall: 3 }, true);
    await becomes('up');
    await server.kill();
    await becomes('up', 'down');
    const second = await start(port);
    await becomes('up', 'down', 'up');
    await second.kill();
    await becomes('up', 'down', 'up', 'down');
  });

  it('holds one connection, says nothing on it and closes it when stopped', async () => {
    const server = await listen((socket) => socket.write('220 welcome\r\n'));
    const { loop, becomes } = check(server.port, { type: 'noop' }, true);
    await becomes('up');
    await eventually(() => expect(server.sockets.size).to.equal(1));
    for (const socket of server.sockets) socket.resetAndDestroy();
    await eventually(() => expect(server.accepted()).to.equal(2));
    expect(server.sockets.size).to.equal(1);
    await loop.stop();
    await eventually(() => expect(server.sockets.size).to.equal(0));
    expect(server.heard).to.deep.equal([]);
  });

  it('leaves a server alone that ends idle connections at once', async () => {
    const server = await listen((socket) => socket.end());
    const { unkept, becomes, triggerRound } = check(server.port, { type: 'noop' }, true);
    await becomes('up');
    await eventually(() => expect(unkept).to.deep.equal(['unkept']));
    for (let round = 0; round < 5; round += 1) await triggerRound();
    expect([server.accepted(), unkept.length]).to.deep.equal([3, 1]);
  });
});
