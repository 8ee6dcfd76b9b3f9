import { expect } from 'chai';
import { type LoopbackApi, startLoopbackApi } from '../../../../agent/lib/loopback-api.ts';
import { oddTargets, requestText, sendRaw } from '../../../support/raw-request.ts';

describe('startLoopbackApi', () => {
  let api: LoopbackApi;

  beforeEach(async () => {
    const routes = new Map<string, () => unknown>([
      ['/health', () => ({ status: 'ok' })],
      ['/fault', () => Promise.reject(new Error('fault'))],
      ['/no-json', () => 1n],
    ]);
    api = await startLoopbackApi({ port: 0, routes });
  });
  afterEach(() => api.close());

  const send = (text: string): Promise<string> => sendRaw(api.port, text);
  const get = (target: string): Promise<string> => send(requestText(target));

  it('answers with JSON', async () => {
    const answer = await get('/health?a=b');
    expect(answer).to.match(/^HTTP\/1\.1 200 /);
    expect(answer).to.include('content-type: application/json').and.include('{"status":"ok"}\n');
  });

  it('answers HEAD without a body', async () => {
    const answer = await send('HEAD /health HTTP/1.0\r\n\r\n');
    expect(answer).to.match(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
  });

  it('says what there is, that it is read-only, and what went wrong', async () => {
    expect(await get('/nope')).to.match(/ 404 [\s\S]*\/health/);
    expect(await send('DELETE /health HTTP/1.0\r\n\r\n')).to.match(/ 405 /);
    expect(await get('/fault')).to.match(/ 500 /);
    expect(await get('/no-json')).to.match(/ 500 /);
  });

  for (const target of oddTargets) {
    it(`survives a request for ${target.slice(0, 20)}`, async () => {
      expect(await get(target)).to.match(/^HTTP\/1\.1 404 /);
      expect(await get('/health')).to.match(/ 200 /);
    });
  }

  const garbage = [
    'GET\r\n\r\n',
    requestText('?'),
    'GET / HTTP/9.9\r\n\r\n',
    '\0\xff\x16\x03\r\n\r\n',
    '{}\n\n',
  ];
  for (const text of garbage) {
    it(`survives ${JSON.stringify(text)}, which is no request`, async () => {
      expect(await send(text)).to.match(/^HTTP\/1\.1 400 /);
      expect(await get('/health')).to.match(/ 200 /);
    });
  }

  it('survives a client that wants a tunnel', async () => {
    await send('CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n');
    expect(await get('/health')).to.match(/ 200 /);
  });
});
