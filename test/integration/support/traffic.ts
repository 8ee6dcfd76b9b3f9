/**
 * Open-loop traffic on a host: a request every so often, whatever became of the ones before, so
 * that a stall shows as late or failed requests and not as fewer of them.
 */
import type { Hosts } from './hosts.ts';

export interface Request {
  /** Milliseconds since the epoch on the host. */
  readonly at: number;
  readonly ms: number;
  /** The instance that answered; empty when the request failed. */
  readonly instance: string;
  /** Why it failed; empty when it did not. */
  readonly error: string;
}

export interface Traffic {
  readonly requests: readonly Request[];
  /** Stops sending; resolves to all requests when the last was answered or given up. */
  stop(): Promise<readonly Request[]>;
}

/** Sends `GET url` from a host, on a fresh connection each, `perSecond` times a second. */
export function startTraffic(hosts: Hosts, host: string, url: string, perSecond: number): Traffic {
  const requests: Request[] = [];
  const abort = new AbortController();
  const program = generator.replaceAll(/\s*\n\s*/g, ' ');
  const command =
    `/opt/smartstack/current/bin/node --input-type=module -e '${program}' ` +
    `'${url}' ${1_000 / perSecond}`;
  const ended = hosts.follow(
    host,
    command,
    (line) => requests.push(JSON.parse(line)),
    abort.signal,
  );
  return {
    requests,
    stop: async () => {
      abort.abort(new Error('enough traffic'));
      await ended;
      return requests;
    },
  };
}

/** Runs on the host; ends by itself when its output is no longer read. */
const generator = `
import { request } from "node:http";
const [url, everyMs] = process.argv.slice(1);
const giveUpMs = 10000;
const send = () => {
  const at = Date.now();
  const report = (instance, error) =>
    console.log(JSON.stringify({ at, ms: Date.now() - at, instance, error }));
  const call = request(url, { agent: false, timeout: giveUpMs }, (answer) => {
    answer.resume();
    answer.once("error", (error) => report("", error.message));
    answer.once("end", () => {
      if (answer.statusCode === 200) report(answer.headers["x-instance"] ?? "", "");
      else report("", "status " + answer.statusCode);
    });
  });
  call.once("timeout", () => call.destroy(new Error("no answer in 10 s")));
  call.once("error", (error) => report("", error.message));
  call.end();
};
let next = performance.now();
const pace = () => {
  while (performance.now() >= next) { send(); next += Number(everyMs); }
  setTimeout(pace, Math.max(1, next - performance.now()));
};
process.stdout.once("error", () => process.exit(0));
pace();
`;

/** Requests that failed, for an assertion that shows them. */
export function failures(requests: readonly Request[]): readonly string[] {
  return requests.filter(({ error }) => error !== '').map(({ at, error }) => `${at}: ${error}`);
}
