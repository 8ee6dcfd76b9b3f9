import { request } from 'node:http';

export interface ApiAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The text as JSON; throws when it is none. */
  json(): unknown;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One request to a loopback port or a Unix socket, on a connection of its own. */
export function ask(
  where: number | string,
  path: string,
  { method = 'GET', headers = {}, body }: AskOptions = {},
): Promise<ApiAnswer> {
  const place = typeof where === 'string' ? { socketPath: where } : { port: where };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', ...place, path, method, headers, agent: false };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      response.once('error', reject);
      response.once('end', () => {
        const { statusCode: status } = response;
        resolve({ status, headers: response.headers, text, json: () => JSON.parse(text) });
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
