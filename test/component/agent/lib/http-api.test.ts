import { expect } from 'chai';
import { withApi } from '../../../support/api-bed.ts';
import { ask } from '../../../support/api-client.ts';
import { faultsOfOpenApi } from '../../../support/openapi-faults.ts';
import { requestText, sendRaw } from '../../../support/raw-request.ts';

const paths = [
  '/',
  '/openapi.json',
  '/health',
  '/text',
  '/fault',
  '/no-json',
  '/services/{name}/weight',
  '/services/{name}/drain',
];

describe('HttpApi', () => {
  it('answers with JSON on both of its places', () =>
    withApi(async ({ port, socket }) => {
      for (const where of [port, socket]) {
        const { status, headers, text } = await ask(where, '/health?a=b');
        expect({ status, text }).to.deep.equal({ status: 200, text: '{"status":"ok"}\n' });
        expect(headers['content-type']).to.equal('application/json');
      }
    }));

  it('answers with text of another type, its length in bytes', () =>
    withApi(async ({ port }) => {
      const { headers, text } = await ask(port, '/text?length=3');
      expect(text).to.equal('üüü');
      expect(headers).to.include({
        'content-type': 'text/plain; charset=utf-8',
        'content-length': '6',
      });
    }));

  it('answers HEAD as GET, without the body', () =>
    withApi(async ({ port }) => {
      const answer = await sendRaw(port, 'HEAD /health HTTP/1.0\r\n\r\n');
      expect(answer).to.match(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
      expect(answer).to.include('content-length: 16');
    }));

  it('describes itself, to people and to programs', () =>
    withApi(async ({ port }) => {
      const index = await ask(port, '/');
      expect(index.json()).to.deep.include({ title: 'test', openapi: '/openapi.json' });
      expect(index.text).to.include('"path":"/health","summary":"Whether it works"');
      const { headers, json } = await ask(port, '/openapi.json');
      expect(headers['content-type']).to.equal('application/json');
      expect(faultsOfOpenApi(json())).to.deep.equal([]);
    }));

  it('says what there is, and which methods it takes', () =>
    withApi(async ({ port, socket }) => {
      for (const where of [port, socket]) {
        const unknown = await ask(where, '/nope', { method: 'POST' });
        expect(unknown.status).to.equal(404);
        expect(unknown.json()).to.deep.equal({ error: 'not found', paths });
        const wrong = await ask(where, '/health', { method: 'DELETE' });
        expect(wrong.status).to.equal(405);
        expect(wrong.headers.allow).to.equal('GET, HEAD');
      }
    }));

  it('hides what a fault holds, logs it once while it lasts, and lives', () =>
    withApi(async ({ port, logger }) => {
      for (const path of ['/fault', '/fault', '/no-json']) {
        const { status, text } = await ask(port, path);
        expect(status).to.equal(500);
        expect(text).to.equal('{"error":"internal error; the log has more"}\n');
      }
      expect(logger.events()).to.deep.equal(['api-fault', 'api-fault']);
      expect(logger.lines[0]).to.deep.include({ level: 'error', method: 'GET', path: '/fault' });
      expect((await ask(port, '/health')).status).to.equal(200);
    }));

  describe('a change', () => {
    const change = (body: string | Buffer, name = 'web') =>
      [`/services/${name}/weight`, { method: 'PUT', body }] as const;

    it('reaches its handler over the Unix socket', () =>
      withApi(async ({ socket }) => {
        const { status, json } = await ask(socket, ...change('{"weight":7}', '__proto__'));
        expect(status).to.equal(200);
        expect(json()).to.deep.equal({ name: '__proto__', weight: 7 });
        const drained = await ask(socket, '/services/web/drain', { method: 'POST' });
        expect({ status: drained.status, text: drained.text }).to.deep.equal({
          status: 204,
          text: '',
        });
      }));

    it('is refused over TCP, with the way to go', () =>
      withApi(async ({ port, socket }) => {
        const { status, json } = await ask(port, ...change('{"weight":7}'));
        expect(status).to.equal(403);
        const error = `read-only; changes go over the Unix socket ${socket}`;
        expect(json()).to.deep.equal({ error });
      }));

    it('is refused to web pages everywhere', () =>
      withApi(async ({ port, socket }) => {
        const headers = { origin: 'http://localhost' };
        for (const where of [port, socket]) {
          const { status, json } = await ask(where, '/services/web/drain', {
            method: 'POST',
            headers,
          });
          expect(status).to.equal(403);
          expect(json()).to.deep.equal({ error: 'web pages may change nothing here' });
          expect((await ask(where, '/health', { headers })).status).to.equal(200);
        }
      }));

    it('is validated whole', () =>
      withApi(async ({ socket }) => {
        const { status, json } = await ask(socket, ...change('{"weight":"7","wait":1,"reason":2}'));
        expect(status).to.equal(422);
        expect(json()).to.deep.equal({
          error: 'the body is not valid',
          problems: [
            'weight: is "7"; must be a number',
            'reason: is 2; must be a string',
            'wait: unknown option "wait"; known are reason, weight',
          ],
        });
        const none = await ask(socket, ...change(''));
        expect(none.json()).to.deep.include({
          problems: ['the body is missing; must be an object'],
        });
      }));

    it('is JSON in UTF-8, of a bounded length, and only where there is use for it', () =>
      withApi(async ({ socket }) => {
        const statusOf = async (body: string | Buffer) =>
          (await ask(socket, ...change(body))).status;
        expect(await statusOf('{"weight":')).to.equal(400);
        expect(await statusOf(Buffer.from([0x22, 0xff, 0x22]))).to.equal(400);
        const padding = ' '.repeat(64 * 1_024 - '{"weight":7}'.length);
        expect(await statusOf(`{"weight":7}${padding}`)).to.equal(200);
        expect(await statusOf(`{"weight":7}${padding} `)).to.equal(413);
        expect(await statusOf('x'.repeat(1_000_000))).to.equal(413);
        const needless = { method: 'POST', body: '{}' };
        expect((await ask(socket, '/services/web/drain', needless)).status).to.equal(400);
      }));

    it('is refused as its handler says', () =>
      withApi(async ({ socket, logger }) => {
        const { status, json } = await ask(socket, ...change('{"weight":7}', 'gone'));
        expect(status).to.equal(404);
        expect(json()).to.deep.equal({ error: 'no service "gone"' });
        expect(logger.lines).to.deep.equal([]);
      }));
  });

  describe('the Host header', () => {
    const statusFor = async (where: number | string, host: string): Promise<number | undefined> =>
      (await ask(where, '/health', { headers: { host } })).status;

    it('must name this host over TCP: a page whose name resolves to it learns nothing', () =>
      withApi(async ({ port }) => {
        for (const host of ['localhost', 'LOCALHOST:3211', '127.0.0.1', '127.0.0.1:1', '[::1]:9']) {
          expect(await statusFor(port, host), host).to.equal(200);
        }
        const others = ['evil.test', 'localhost.evil.test', '127.0.0.1.evil.test', '127.0.0.2'];
        for (const host of [...others, 'evil.test:3211', 'localhost@evil.test', '0.0.0.0']) {
          expect(await statusFor(port, host), host).to.equal(403);
        }
      }));

    it('does not matter over the Unix socket', () =>
      withApi(async ({ socket }) => {
        expect(await statusFor(socket, 'anything')).to.equal(200);
      }));

    it('may be left out where HTTP allows that', () =>
      withApi(async ({ port }) => {
        expect(await sendRaw(port, 'GET /health HTTP/1.0\r\n\r\n')).to.match(/ 200 /);
        expect(await sendRaw(port, requestText('/health').replace('host', 'x'))).to.match(/ 400 /);
        const empty = requestText('/health').replace('localhost', '');
        expect(await sendRaw(port, empty)).to.match(/ 403 /);
      }));
  });
});
