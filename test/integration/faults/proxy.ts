/** HAProxy, beside what happens to any process. */
import type { Fault } from './fault.ts';
import { doneAt, now } from './script.ts';

export function reloadedByHand(host: string): Fault {
  return {
    what: 'systemctl reload haproxy',
    hosts: [host],
    reloads: [host],
    break: (inventory) => doneAt(inventory, host, `systemctl reload haproxy; ${now}`),
    heal: async () => {},
  };
}

const socket = '/run/smartstack/haproxy.sock';
const withoutProxyMs = 2_000;

/**
 * The next process inherits the listener and never looks for its path: only a restart brings that
 * back, and its own host notices that for a moment.
 */
export function socketRemoved(host: string): Fault {
  let healedFromMs = Number.POSITIVE_INFINITY;
  return {
    what: "HAProxy's socket removed",
    hosts: [host],
    reloads: [host],
    restarts: [{ host, unit: 'haproxy' }],
    mayFail: (record) =>
      record.host === host &&
      record.atMs + record.latencyMs >= healedFromMs &&
      record.atMs <= healedFromMs + withoutProxyMs,
    break: (inventory) => doneAt(inventory, host, `rm -f ${socket}; ${now}`),
    heal: async ({ hosts }) => {
      healedFromMs = Date.now();
      await hosts.run(host, `test -S ${socket} || systemctl restart haproxy`);
    },
  };
}
