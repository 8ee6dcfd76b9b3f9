import { connect } from 'node:net';

/** Sends `text` as it is to a loopback port; resolves to all that comes back until the end. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.setEncoding('utf8').on('data', (data: string) => {
      answer += data;
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
  });
}

/** A request line of HTTP/1.1 with `target` as it is. */
export function requestText(target: string): string {
  return `GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
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
