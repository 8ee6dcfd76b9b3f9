/** What operators decide through the daemons' sockets; the moment is when the host asks. */
import { type Inventory, serverOf } from '../harness/inventory.ts';
import { tellDaemon, telling } from '../support/daemon-api.ts';
import type { Fault } from './fault.ts';
import { askedAt } from './script.ts';

/** For all consumers. */
export function drainedAtNerve(host: string, service: string): Fault {
  const path = `/services/${service}`;
  return {
    what: `drain of ${service} at nerve`,
    hosts: [host],
    break: (inventory) => askedAt(inventory, host, telling('nerve', 'POST', `${path}/drain`, {})),
    heal: async ({ hosts }) => {
      await tellDaemon(hosts, host, 'nerve', 'POST', `${path}/enable`);
    },
  };
}

/** For one consumer. */
export function drainedAtSynapse(host: string, service: string, instance: string): Fault {
  return {
    what: `drain of ${service} on ${instance} at synapse`,
    hosts: [host],
    break: (inventory) => askedAt(inventory, host, decides(inventory, 'drain')),
    heal: async (inventory) => {
      await inventory.hosts.run(host, decides(inventory, 'enable'));
    },
  };

  function decides(inventory: Inventory, what: 'drain' | 'enable'): string {
    const [, server = ''] = serverOf(inventory, service, instance).split('/');
    const path = `/services/${service}/instances/${encodeURIComponent(server)}/${what}`;
    return telling('synapse', 'POST', path);
  }
}
