import { connect } from 'node:net';

/**
 * Sends `text` as it is to a loopback port or a Unix socket; resolves to all that comes back until
 * the end. `halfClose` ends our side behind it, as a client does that has said everything.
 */
export function sendRaw(
  where: number | string,
  text: string | Buffer,
  { halfClose = false }: { readonly halfClose?: boolean } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const target = typeof where === 'string' ? { path: where } : { port: where, host: '127.0.0.1' };
    const socket = connect(target, () => {
      socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
      if (halfClose) socket.end();
    });
    socket.setEncoding('utf8').on('data', (data: string) => {
      answer += data;
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
  });
}

/** A request line of HTTP/1.1 with `target` as it is. */
export function requestText(target: string): string {
  return `GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`;
}

/** Targets that HTTP allows and that name no page, such as those `new URL` throws on. */
export const oddTargets: readonly string[] = [
  '//',
  '///health',
  '/%',
  '/\\',
  'http://[',
  'http://a:99999/',
  '*',
  `/${'a'.repeat(9_000)}`,
];
