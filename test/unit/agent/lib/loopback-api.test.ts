import { connect } from 'node:net';
import { expect } from 'chai';
import { type LoopbackApi, startLoopbackApi } from '../../../../agent/lib/loopback-api.ts';

describe('startLoopbackApi', () => {
  let api: LoopbackApi;

  beforeEach(async () => {
    const routes = new Map<string, () => unknown>([
      ['/health', () => ({ status: 'ok' })],
      ['/fault', () => Promise.reject(new Error('fault'))],
    ]);
    api = await startLoopbackApi({ port: 0, routes });
  });
  afterEach(() => api.close());

  const send = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket = connect(api.port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (data) => {
        answer += data.toString();
      });
      socket.on('close', () => resolve(answer));
    });
  const get = (path: string): Promise<string> =>
    send(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);

  it('answers with JSON', async () => {
    const answer = await get('/health?a=b');
    expect(answer).to.match(/^HTTP\/1\.1 200 /);
    expect(answer).to.include('content-type: application/json').and.include('{"status":"ok"}\n');
  });

  it('says what there is, that it is read-only, and what went wrong', async () => {
    expect(await get('/nope')).to.match(/ 404 [\s\S]*\/health/);
    expect(await send('DELETE /health HTTP/1.0\r\n\r\n')).to.match(/ 405 /);
    expect(await get('/fault')).to.match(/ 500 /);
  });

  for (const path of ['//', '/%', '/\\', 'http://[', '*', `/${'a'.repeat(9_000)}`]) {
    it(`survives a request for ${path.slice(0, 10)}`, async () => {
      expect(await get(path)).to.match(/^HTTP\/1\.1 404 /);
      expect(await get('/health')).to.match(/ 200 /);
    });
  }
});
