/** More instances than the catalog has: one process on many ports, and nerve told of each. */
import { type Inventory, serviceOf } from '../harness/inventory.ts';
import { telling } from '../support/daemon-api.ts';
import type { Fault } from './fault.ts';
import { askedAt, doneAt, now } from './script.ts';

const unit = 'smartstack-drill-extra';

/** Ports that answer 200 to everything, until it is healed. */
export function manyPorts(host: string, first: number, count: number): Fault {
  const program =
    `const { createServer } = require("node:http");` +
    `for (let port = ${first}; port < ${first + count}; port += 1) {` +
    `createServer((request, answer) => { answer.writeHead(200, { "x-instance": "${host}" });` +
    `answer.end("pong"); }).listen(port, "0.0.0.0", 511); }`;
  return {
    what: `${count} more ports answer`,
    hosts: [host],
    break: (inventory) =>
      doneAt(
        inventory,
        host,
        [
          `systemd-run -q -u ${unit} -p LimitNOFILE=65536 /opt/smartstack/current/bin/node -e '${program}'`,
          `timeout 20 bash -c 'until (exec 3<> /dev/tcp/127.0.0.1/${first + count - 1}) 2>/dev/null; do sleep 0.05; done'`,
          now,
        ].join('\n'),
      ),
    heal: async ({ hosts }) => {
      await hosts.run(host, `systemctl stop ${unit} 2>/dev/null || true`);
    },
  };
}

/** One more instance of a service, as a process registers itself. */
export function registeredByItself(host: string, service: string, port: number): Fault {
  const path = `/registrations/${service}-${port}`;
  return {
    what: `${service} on port ${port} registers itself`,
    hosts: [host],
    break: (inventory) => {
      const checks = [{ type: 'http', uri: '/health', timeout: 1 }];
      const registration = { service, port, checks };
      return askedAt(inventory, host, telling('nerve', 'PUT', path, registration));
    },
    // It may have gone by itself since.
    heal: async ({ hosts }) => {
      await hosts.run(host, `${telling('nerve', 'DELETE', path)} || true`);
    },
  };
}

/** It goes as it came: by saying so. */
export function leavesByItself(host: string, service: string, port: number): Fault {
  const leaving = telling('nerve', 'DELETE', `/registrations/${service}-${port}`);
  return {
    what: `${service} on port ${port} leaves by itself`,
    hosts: [host],
    break: (inventory) => askedAt(inventory, host, leaving),
    heal: async () => {},
  };
}

export function extraServer(
  { outputs, hosts }: Inventory,
  service: string,
  host: string,
  port: number,
): string {
  serviceOf(outputs, service);
  return `${service}/${host}_${hosts.address(host)}:${port}`;
}
