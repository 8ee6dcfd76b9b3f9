/** Requests without a pause through one URL, each on a connection of its own. */
import { get } from 'node:http';

export interface Traffic {
  /** Requests that did not end in a 200, by what happened instead. */
  readonly failures: ReadonlyMap<string, number>;
  /** Answers by the name in the body, since the start or the last `forget()`. */
  readonly answers: ReadonlyMap<string, number>;
  forget(): void;
  stop(): Promise<void>;
}

export function startTraffic(url: string, clients = 4): Traffic {
  const failures = new Map<string, number>();
  const answers = new Map<string, number>();
  let running = true;
  const count = (map: Map<string, number>, key: string): void => {
    map.set(key, (map.get(key) ?? 0) + 1);
  };
  const client = async (): Promise<void> => {
    while (running) {
      const { status, body } = await request(url);
      if (status === 200) count(answers, body);
      else count(failures, status === undefined ? body : `status ${status}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client));
  return {
    failures,
    answers,
    forget: () => {
      answers.clear();
      failures.clear();
    },
    stop: async () => {
      running = false;
      await done;
    },
  };
}

/** Never rejects: a refused or cut connection has no status, and a body that says so. */
export function request(
  url: string,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve) => {
    // An answer that is late on a busy machine is one all the same.
    const options = { agent: false, timeout: 30_000 };
    const sent = get(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
      response.on('error', (error) => resolve({ status: undefined, body: error.message }));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', (error) => resolve({ status: undefined, body: error.message }));
  });
}
