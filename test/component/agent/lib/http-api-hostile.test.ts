/** Whatever comes over the wire gets an answer or a closed connection, and the API lives. */
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { type ApiBed, withApi } from '../../../support/api-bed.ts';
import { ask } from '../../../support/api-client.ts';
import { Dice } from '../../../support/dice.ts';
import { eventually } from '../../../support/eventually.ts';
import { oddTargets, requestText, sendRaw } from '../../../support/raw-request.ts';

const head = 'PUT /services/web/weight HTTP/1.1\r\nhost: localhost\r\n';

async function expectAlive({ port, socket }: ApiBed): Promise<void> {
  for (const where of [port, socket]) expect((await ask(where, '/health')).status).to.equal(200);
}

/** Of every answer on a connection, in order. */
function statusesOf(answers: string): readonly number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

describe('HttpApi and hostile clients', () => {
  it('answers odd targets', () =>
    withApi(async (bed) => {
      const targets = [...oddTargets, '/services/../health', '/health/', '/health/.', '/HEALTH'];
      for (const where of [bed.port, bed.socket]) {
        for (const target of targets) {
          const answer = await sendRaw(where, requestText(target));
          expect(statusesOf(answer), target).to.deep.equal([404]);
        }
      }
      await expectAlive(bed);
    }));

  it('refuses what is no request', () =>
    withApi(async (bed) => {
      const garbage = [
        'GET\r\n\r\n',
        requestText('?'),
        requestText('/\0'),
        requestText('/hea\0lth'),
        'GET / HTTP/9.9\r\n\r\n',
        '\0\xff\x16\x03\r\n\r\n',
        '{}\n\n',
        `GET /health HTTP/1.1\r\nhost: localhost\r\na\0: b\r\n\r\n`,
        `GET /health HTTP/1.1\r\nhost: localhost\r\nno colon\r\n\r\n`,
      ];
      for (const where of [bed.port, bed.socket]) {
        for (const text of garbage) {
          expect(statusesOf(await sendRaw(where, text)), text).to.deep.equal([400]);
        }
      }
      await expectAlive(bed);
    }));

  it('refuses huge headers and too many of them', () =>
    withApi(async (bed) => {
      const huge = `GET /health HTTP/1.1\r\nhost: localhost\r\na: ${'b'.repeat(20_000)}\r\n\r\n`;
      expect(statusesOf(await sendRaw(bed.port, huge))).to.deep.equal([431]);
      const many = `GET /health HTTP/1.1\r\nhost: localhost\r\n${'a: b\r\n'.repeat(5_000)}\r\n`;
      expect(statusesOf(await sendRaw(bed.port, many))).to.deep.equal([431]);
      const target = `/${'a'.repeat(20_000)}`;
      expect(statusesOf(await sendRaw(bed.port, requestText(target)))).to.deep.equal([431]);
      await expectAlive(bed);
    }));

  it('refuses lengths that lie, and both kinds at once', () =>
    withApi(async (bed) => {
      const lengths = [
        'content-length: -1',
        'content-length: 1e3',
        'content-length: 99999999999999999999999',
        'content-length: 1\r\ncontent-length: 2',
        'content-length: 2\r\ntransfer-encoding: chunked',
        'transfer-encoding: chunked, identity',
      ];
      for (const length of lengths) {
        const answer = await sendRaw(bed.socket, `${head}${length}\r\n\r\n{}`);
        expect(statusesOf(answer), length).to.deep.equal([400]);
      }
      // What is longer than it says is the next request, and no good one.
      const longer = `${head}content-length: 2\r\n\r\n{}{"weight":1}\r\n\r\n`;
      expect(statusesOf(await sendRaw(bed.socket, longer)).at(-1)).to.equal(400);
      await expectAlive(bed);
    }));

  it('refuses chunks that overflow or are none', () =>
    withApi(async (bed) => {
      const chunked = `${head}transfer-encoding: chunked\r\n\r\n`;
      const sizes = ['ffffffffffffffffff', '-1', 'xyz', ''];
      for (const size of sizes) {
        const answer = await sendRaw(bed.socket, `${chunked}${size}\r\n{}\r\n0\r\n\r\n`);
        expect(statusesOf(answer), size).to.deep.equal([400]);
      }
      const kilobyte = `400\r\n${'a'.repeat(1_024)}\r\n`;
      const long = `${chunked.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n')}${kilobyte.repeat(100)}0\r\n\r\n`;
      expect(statusesOf(await sendRaw(bed.socket, long))).to.deep.equal([413]);
      await expectAlive(bed);
    }));

  it('stops reading a body that does not end', () =>
    withApi(async (bed) => {
      const socket = connect({ path: bed.socket });
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.on('error', () => undefined);
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      socket.write(`${head}content-length: 9000000000\r\n\r\n`);
      const more = (): void => {
        while (socket.writable && socket.write(Buffer.alloc(65_536, 'a')));
      };
      socket.on('drain', more);
      more();
      await closed;
      expect(statusesOf(answer)).to.deep.equal([413]);
      await expectAlive(bed);
    }));

  it('answers each of many requests that come at once, up to a bound', () =>
    withApi(
      async (bed) => {
        const one = 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n';
        const ten = await sendRaw(bed.port, `${one.repeat(9)}${requestText('/nope')}`);
        expect(statusesOf(ten)).to.deep.equal([...Array(9).fill(200), 404]);
        const statuses = statusesOf(await sendRaw(bed.port, one.repeat(1_000)));
        expect(statuses.filter((status) => status === 200)).to.have.length(100);
        await expectAlive(bed);
      },
      { keepAliveMs: 100 },
    ));

  it('neither tunnels nor upgrades', () =>
    withApi(async (bed) => {
      expect(await sendRaw(bed.port, 'CONNECT a:1 HTTP/1.1\r\nhost: localhost\r\n\r\n')).to.equal(
        '',
      );
      const upgrade = requestText('/health').replace('close', 'upgrade\r\nupgrade: websocket');
      expect(statusesOf(await sendRaw(bed.port, upgrade, { halfClose: true }))).to.deep.equal([
        200,
      ]);
      const expecting = requestText('/health').replace('close', 'close\r\nexpect: the-moon');
      expect(statusesOf(await sendRaw(bed.port, expecting))).to.deep.equal([417]);
      await expectAlive(bed);
    }));

  describe('that are slow', () => {
    const limits = { timeoutMs: 200, keepAliveMs: 100 };

    it('cuts off those that say nothing, or half of it', () =>
      withApi(async (bed) => {
        const halves = [
          '',
          'GET /hea',
          'GET /health HTTP/1.1\r\nhost: local',
          `${head}content-length: 9\r\n\r\n{`,
        ];
        const answers = await Promise.all(halves.map((text) => sendRaw(bed.socket, text)));
        for (const answer of answers) expect(statusesOf(answer)).to.deep.equal([408]);
        await expectAlive(bed);
      }, limits));

    it('lets go of those that leave in the middle, and logs no fault', () =>
      withApi(async (bed) => {
        await sendRaw(bed.socket, `${head}content-length: 9\r\n\r\n{`, { halfClose: true });
        await sendRaw(bed.socket, 'GET /health HTT', { halfClose: true });
        const socket = connect({ path: bed.socket });
        socket.write(`${head}content-length: 9\r\n\r\n{`, () => socket.destroy());
        await eventually(() => expect(socket.closed).to.equal(true));
        await expectAlive(bed);
        expect(bed.logger.lines).to.deep.equal([]);
      }, limits));

    it('cuts off those that dribble, whatever they dribble', () =>
      withApi(async (bed) => {
        const socket = connect({ path: bed.socket });
        socket.on('error', () => undefined);
        socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\n');
        const dribble = setInterval(() => socket.write('a: b\r\n'), 20);
        socket.resume();
        await eventually(() => expect(socket.closed).to.equal(true));
        clearInterval(dribble);
        await expectAlive(bed);
      }, limits));

    it('cuts off those that do not take their answer', () =>
      withApi(
        async (bed) => {
          const socket = await opened(bed.port);
          const closed = new Promise((resolve) => socket.once('close', resolve));
          socket.on('error', () => undefined);
          const length = 20_000_000;
          socket.write(`GET /text?length=${length} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
          await eventually(() => expect(socket.bytesRead).to.be.above(0));
          expect(await sendRaw(bed.port, requestText('/health')).catch(() => '')).to.equal('');
          await eventually(() => expectAlive(bed));
          let received = 0;
          socket.on('data', (data) => {
            received += data.length;
          });
          await closed;
          expect(received).to.be.below(length);
        },
        { ...limits, connections: 1 },
      ));

    it('lets an idle connection go', () =>
      withApi(async (bed) => {
        const kept = requestText('/health').replace('close', 'keep-alive');
        expect(statusesOf(await sendRaw(bed.port, kept))).to.deep.equal([200]);
      }, limits));
  });

  it('bounds its connections, and is there again when some have gone', () =>
    withApi(
      async (bed) => {
        const idle = await Promise.all(Array.from({ length: 8 }, () => opened(bed.port)));
        expect(await sendRaw(bed.port, requestText('/health')).catch(() => '')).to.equal('');
        expect((await ask(bed.socket, '/health')).status).to.equal(200);
        for (const socket of idle) socket.destroy();
        await eventually(() => expectAlive(bed));
      },
      { connections: 8 },
    ));

  it('survives a thousand mutations of a good request', function () {
    this.timeout(60_000);
    const dice = new Dice(20_240_101);
    const good = Buffer.from(`${head}content-length: 12\r\nconnection: close\r\n\r\n{"weight":7}`);
    return withApi(
      async (bed) => {
        for (let round = 0; round < 1_000; round += 20) {
          const answers = await Promise.all(
            Array.from({ length: 20 }, (_, index) =>
              sendRaw(index % 2 ? bed.port : bed.socket, mutate(good, dice), {
                halfClose: true,
              }).catch(({ code }) => code),
            ),
          );
          for (const answer of answers) {
            expect(answer).to.match(/^(|ECONNRESET|EPIPE|HTTP\/1\.1 (200|204|4\d\d) [\s\S]*)$/);
          }
        }
        await expectAlive(bed);
        expect(bed.logger.lines).to.deep.equal([]);
      },
      { timeoutMs: 1_000 },
    );
  });
});

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** One to four bytes flipped, cut, doubled or put in. */
function mutate(good: Buffer, dice: Dice): Buffer {
  let bytes = Buffer.from(good);
  const below = (limit: number): number => dice.between(0, limit - 1);
  for (let count = 1 + below(4); count > 0; count -= 1) {
    const at = below(bytes.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (below(4)) {
      case 0:
        bytes = Buffer.concat([before, Buffer.of(below(256)), after.subarray(1)]);
        break;
      case 1:
        bytes = Buffer.concat([before, after.subarray(1 + below(16))]);
        break;
      case 2:
        bytes = Buffer.concat([before, after.subarray(0, below(64)), after]);
        break;
      default:
        bytes = Buffer.concat([before, Buffer.of(0, 13, 10, below(256)), after]);
    }
  }
  return bytes;
}
