/** What operators decide through the daemons' sockets. */
import { serverOf } from '../harness/inventory.ts';
import { tellDaemon } from '../support/daemon-api.ts';
import type { Fault } from './fault.ts';

/** For all consumers. */
export function drainedAtNerve(host: string, service: string): Fault {
  return {
    what: `drain of ${service} at nerve`,
    hosts: [host],
    break: async ({ hosts }) => {
      const at = Date.now();
      await tellDaemon(hosts, host, 'nerve', 'POST', `/services/${service}/drain`, {});
      return at;
    },
    heal: async ({ hosts }) => {
      await tellDaemon(hosts, host, 'nerve', 'POST', `/services/${service}/enable`);
    },
  };
}

/** For one consumer. */
export function drainedAtSynapse(host: string, service: string, instance: string): Fault {
  return {
    what: `drain of ${service} on ${instance} at synapse`,
    hosts: [host],
    break: async (inventory) => {
      const at = Date.now();
      await decide(inventory, 'drain');
      return at;
    },
    heal: (inventory) => decide(inventory, 'enable'),
  };

  async function decide(
    inventory: Parameters<Fault['heal']>[0],
    what: 'drain' | 'enable',
  ): Promise<void> {
    const [, server = ''] = serverOf(inventory, service, instance).split('/');
    const path = `/services/${service}/instances/${encodeURIComponent(server)}/${what}`;
    await tellDaemon(inventory.hosts, host, 'synapse', 'POST', path);
  }
}
