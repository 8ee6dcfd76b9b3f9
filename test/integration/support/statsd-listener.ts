/** A statsd server on a host, as far as it takes one to see what comes. */
import type { Hosts } from './hosts.ts';

export interface StatsdListener {
  /** Names of the metrics that came from an address. */
  namesFrom(address: string): readonly string[];
  stop(): Promise<void>;
}

export function listenForStatsd(hosts: Hosts, host: string, port: number): StatsdListener {
  const names = new Map<string, Set<string>>();
  const abort = new AbortController();
  const onLine = (line: string): void => {
    const [, address = '', name = ''] = /^(\S+) ([^:]+):/.exec(line) ?? [];
    names.set(address, (names.get(address) ?? new Set()).add(name));
  };
  const program = listener.replaceAll(/\s*\n\s*/g, ' ');
  const ended = hosts.follow(
    host,
    `/opt/smartstack/current/bin/node -e '${program}' ${port}`,
    onLine,
    abort.signal,
  );
  return {
    namesFrom: (address) => [...(names.get(address) ?? [])].sort(),
    stop: async () => {
      abort.abort(new Error('enough heard'));
      await ended;
    },
  };
}

/** Ends by itself when its output is no longer read. */
const listener = `
const socket = require("node:dgram").createSocket("udp4");
socket.on("message", (message, { address }) => {
  for (const line of message.toString().split("\\n")) console.log(address + " " + line);
});
process.stdout.once("error", () => process.exit(0));
socket.bind(Number(process.argv[1]));
`;
