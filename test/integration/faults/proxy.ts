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

/** Whoever runs a reload afterwards makes another one. */
export function socketRemoved(host: string): Fault {
  return {
    what: "HAProxy's socket removed",
    hosts: [host],
    reloads: [host],
    break: (inventory) => doneAt(inventory, host, `rm /run/smartstack/haproxy.sock; ${now}`),
    heal: async ({ hosts }) => {
      await hosts.run(host, 'test -S /run/smartstack/haproxy.sock || systemctl reload haproxy');
    },
  };
}
