import { createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { checkSchema } from '../../../../../agent/config/nerve-checks.ts';
import { systemClock } from '../../../../../agent/lib/clock.ts';
import {
  type CheckResult,
  createRunCheck,
  runWithinTimeout,
} from '../../../../../agent/nerve/checks/check.ts';
import { type CheckDefinition, defineCheck } from '../../../../../agent/nerve/checks/definition.ts';
import { freePort, portOf } from '../../../../support/free-ports.ts';
import { standStill } from '../../../../support/stand-still.ts';

describe('checks', () => {
  let servers: Server[] = [];
  afterEach(async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    servers = [];
  });

  /** Answers every connection with `text`, or never; returns its port. */
  const serve = async (text: string | undefined): Promise<number> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        if (text !== undefined) socket.end(text);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return portOf(server);
  };
  const define = (port: number, options: object): CheckDefinition =>
    defineCheck({ host: '127.0.0.1', port }, checkSchema.parse({ timeout: 0.3, ...options }));
  const run = (port: number, options: object): Promise<CheckResult> =>
    runWithinTimeout(createRunCheck(), define(port, options), {
      clock: systemClock,
      signal: new AbortController().signal,
    });
  const response = (status: number, body = ''): string =>
    `HTTP/1.1 ${status} x\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
  const passed = { passed: true };

  describe('tcp', () => {
    it('passes when the connection is accepted, whatever is said on it', async () => {
      expect(await run(await serve(undefined), { type: 'tcp' })).to.deep.equal(passed);
    });

    it('fails when it is refused', async () => {
      const port = await freePort();
      for (const host of ['127.0.0.1', 'localhost']) {
        const result = await run(port, { type: 'tcp', host });
        expect(result).to.have.property('reason').that.includes('ECONNREFUSED');
      }
    });
  });

  describe('http', () => {
    const http = (more: object = {}) => ({ type: 'http', uri: '/health', ...more });

    for (const [status, expected] of [
      [200, passed],
      [204, passed],
      [302, passed],
      [399, passed],
      [400, { passed: false, reason: 'status 400' }],
      [404, { passed: false, reason: 'status 404' }],
      [500, { passed: false, reason: 'status 500' }],
    ] as const) {
      it(`takes ${status} for ${expected === passed ? 'healthy' : 'unhealthy'}`, async () => {
        expect(await run(await serve(response(status)), http())).to.deep.equal(expected);
      });
    }

    for (const [title, more] of [
      ['plain', {}],
      ['with an expected text', { expect: 'fine' }],
    ] as const) {
      it(`does not take its own standing still for a slow connection: ${title}`, async () => {
        const port = await serve(response(200, 'all fine here'));
        const result = run(port, http({ open_timeout: 0.02, ...more }));
        process.nextTick(() => standStill(60));
        expect(await result).to.deep.equal(passed);
      });
    }

    it('looks for the expected text', async () => {
      const port = await serve(response(200, 'all fine here'));
      expect(await run(port, http({ expect: 'fine' }))).to.deep.equal(passed);
      expect(await run(port, http({ expect: 'great' }))).to.deep.equal({
        passed: false,
        reason: 'status 200, and the body does not contain the expected text',
      });
    });

    it('sends the path and the headers', async () => {
      const seen: string[] = [];
      const server = createServer((socket) =>
        socket.once('data', (data) => {
          seen.push(data.toString());
          socket.end(response(200));
        }),
      );
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      await run(portOf(server), http({ uri: '/ping?deep=1', headers: { Host: 'a.example' } }));
      expect(seen[0]).to.match(/^GET \/ping\?deep=1 HTTP\/1\.1\r\nhost: a\.example\r\n/);
    });

    it('sends another method, with a body and its length', async () => {
      const seen: string[] = [];
      const server = createServer((socket) =>
        socket.on('data', (data) => {
          seen.push(data.toString());
          if (seen.join('').endsWith('ping é')) socket.end(response(200));
        }),
      );
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const body = 'ping é';
      for (const method of ['POST', 'GET']) {
        seen.length = 0;
        expect(await run(portOf(server), http({ method, body }))).to.deep.equal(passed);
        expect(seen.join('')).to.match(
          new RegExp(`^${method} /health HTTP/1\\.1\\r\\n(?:.*\\r\\n)*content-length: 7\\r\\n`),
        );
      }
    });

    it('takes the statuses that it is told', async () => {
      const port = await serve(response(404));
      expect(await run(port, http({ expect_status: ['2xx', 404] }))).to.deep.equal(passed);
      expect(await run(port, http({ expect_status: ['200-299'] }))).to.deep.equal({
        passed: false,
        reason: 'status 404',
      });
    });

    it('fails at its time-out when there is no answer', async () => {
      const startMs = performance.now();
      expect(await run(await serve(undefined), http())).to.deep.include({ passed: false });
      expect(performance.now() - startMs).to.be.above(250);
    });

    it('fails at its time-out when the body never ends', async () => {
      const port = await serve(undefined);
      const endless = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx';
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.write(endless));
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      expect(port).to.be.above(0);
      expect(await run(portOf(server), http())).to.deep.include({ passed: false });
    });

    for (const [title, text] of [
      ['nothing', ''],
      ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
      ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'],
      ['a hostile status', 'HTTP/1.1 99999999999 \u001b[2J\r\n\r\n'],
    ] as const) {
      it(`fails when the answer is ${title}`, async () => {
        expect(await run(await serve(text), http())).to.include({ passed: false });
      });
    }
  });

  it('noop passes', async () => {
    expect(await run(1, { type: 'noop' })).to.deep.equal(passed);
  });

  describe('the time-out', () => {
    const definition = define(1, { type: 'tcp', timeout: 0.05 });
    const never = (signal: AbortSignal): Promise<CheckResult> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const within = (check: (signal: AbortSignal) => Promise<CheckResult>): Promise<CheckResult> =>
      runWithinTimeout((_, signal) => check(signal), definition, {
        clock: systemClock,
        signal: new AbortController().signal,
      });

    it('means that the service failed', async () => {
      const result = await within(never);
      expect(result).to.deep.equal({ passed: false, reason: 'no answer within 50 ms' });
    });

    it('means nothing where this process stood still meanwhile: it asks again', async () => {
      let asked = 0;
      const result = await within((signal) => {
        asked += 1;
        if (asked > 1) return Promise.resolve({ passed: true });
        standStill(400);
        return never(signal);
      });
      expect(result).to.deep.equal({ passed: true });
    });
  });
});

describe('defineCheck', () => {
  const service = { host: '10.0.0.5', port: 80 };
  const define = (options: object): CheckDefinition =>
    defineCheck(service, checkSchema.parse(options));

  it('leaves what follows the path out of the name: it may be a secret', () => {
    expect(define({ type: 'http', uri: '/a?token=b' })).to.include({ name: 'http-10.0.0.5:80/a' });
  });

  it("takes the service's host and port unless the check has its own", () => {
    expect(define({ type: 'tcp' })).to.deep.equal({
      type: 'tcp',
      name: 'tcp-10.0.0.5:80',
      host: '10.0.0.5',
      port: 80,
      timeoutMs: 100,
      rise: 1,
      fall: 1,
    });
    expect(define({ type: 'tcp', host: 'a', port: 1, name: 'mine' })).to.include({
      host: 'a',
      port: 1,
      name: 'mine',
    });
  });

  it('bounds the whole check by timeout, or by the sum of the phases with read_timeout', () => {
    const http = { type: 'http', uri: '/' };
    expect(define({ ...http, timeout: 0.2 })).to.include({
      timeoutMs: 200,
      connectTimeoutMs: 200,
      responseTimeoutMs: 200,
      tlsTimeoutMs: undefined,
    });
    expect(define({ ...http, read_timeout: 5, ssl: true })).to.include({
      timeoutMs: 5_400,
      responseTimeoutMs: 5_000,
      tlsTimeoutMs: 200,
    });
  });
});
