/**
 * Open-loop traffic on a host: a request every so often, whatever became of the ones before, so
 * that a stall shows as late or failed requests and not as fewer of them.
 */
import type { Hosts } from './hosts.ts';
import { eventually } from './poll.ts';

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

/** A fresh one for each request, or some that are kept for those to come. */
export type Connections = 'fresh' | 'kept';

/** Sends `GET url` from a host, `perSecond` times a second. */
export function startTraffic(
  hosts: Hosts,
  host: string,
  url: string,
  perSecond: number,
  connections: Connections = 'fresh',
): Traffic {
  const requests: Request[] = [];
  const underWay = new Set<number>();
  const abort = new AbortController();
  const program = generator.replaceAll(/\s*\n\s*/g, ' ');
  const command =
    `/opt/smartstack/current/bin/node --input-type=module -e '${program}' ` +
    `'${url}' ${1_000 / perSecond} ${connections}`;
  const onLine = (line: string): void => {
    const { id, begins, ...request } = JSON.parse(line);
    if (begins) underWay.add(id);
    else if (underWay.delete(id)) requests.push(request);
  };
  const ended = hosts.follow(host, command, onLine, abort.signal);
  return {
    requests,
    stop: async () => {
      const last = [...underWay];
      await eventually(lastAnswerMs, async () => {
        if (last.some((id) => underWay.has(id))) throw new Error(`requests of ${host} hang`);
      }).finally(() => abort.abort(new Error('enough traffic')));
      await ended;
      return requests;
    },
  };
}

/** Above the time after which the generator gives a request up. */
const lastAnswerMs = 20_000;

/** Runs on the host; ends by itself when its output is no longer read. */
const generator = `
import { Agent, request } from "node:http";
const [url, everyMs, connections] = process.argv.slice(1);
const giveUpMs = 10000;
const agent = connections === "kept" ? new Agent({ keepAlive: true }) : false;
let count = 0;
const send = () => {
  const at = Date.now();
  const id = count++;
  console.log(JSON.stringify({ id, begins: true }));
  const report = (instance, error) =>
    console.log(JSON.stringify({ id, at, ms: Date.now() - at, instance, error }));
  const call = request(url, { agent, timeout: giveUpMs }, (answer) => {
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
