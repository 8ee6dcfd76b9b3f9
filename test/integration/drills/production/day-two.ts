/** What operators do day by day: an edit of the catalog, `npm run up`, and nobody notices. */
import { broughtUp } from '../../faults/up.ts';
import type { Drill, Stage } from '../../harness/drill.ts';
import { serverOf, serviceOf } from '../../harness/inventory.ts';
import { retiredEverywhere, serverIn } from '../../harness/moments.ts';
import { flows, standardTraffic } from '../../harness/standard-traffic.ts';
import { serverWeights } from '../../support/probes.ts';
import { certificateSinceMs } from '../../support/tls-client.ts';
import { spareHost } from '../catalog/one-host-more.ts';
import { narrow, secured, workers } from '../catalog/services.ts';
import { withoutMachinesToSpare } from './members.ts';
import { succeedsOn, thereAndBack } from './there-and-back.ts';

const common = { set: 'production', quick: false } as const;

const weighed: Drill = {
  ...common,
  title: 'a service gets another weight and another check by up, and back',
  about: 'Weights go over the runtime socket: nothing is started anew, nothing reloaded.',
  play: async (stage) => {
    const { outputs, hosts } = stage.inventory;
    const { on, consumers } = serviceOf(outputs, workers);
    const change = broughtUp({
      what: 'an up with another weight and another check',
      hosts: on,
      catalog: 'worker-weighed.ts',
    });
    await thereAndBack(stage, change, () =>
      stage.until('all weights are the new ones', async () => {
        for (const consumer of consumers) {
          const weights = [...(await serverWeights(hosts, consumer, workers)).values()];
          const said = weights.join(', ');
          if (!weights.every((weight) => weight === 40)) throw new Error(`${consumer}: ${said}`);
        }
      }),
    );
  },
};

const moved: Drill = {
  ...common,
  title: 'a service moves to other hosts by up, and back',
  about: 'It takes traffic on the new ones before it leaves the old.',
  cannot: ({ outputs, serviceHosts }) =>
    serviceOf(outputs, narrow).on.length < serviceHosts.length
      ? undefined
      : `${narrow} runs on every host`,
  traffic: (inventory) => [
    ...standardTraffic(inventory),
    ...flows(inventory, { service: narrow, kind: 'http-fresh', perSecond: 4, path: '/ping' }),
  ],
  play: async (stage) => {
    const { inventory } = stage;
    const { on, consumers } = serviceOf(inventory.outputs, narrow);
    const change = broughtUp({
      what: 'an up with a service elsewhere',
      hosts: inventory.serviceHosts,
      catalog: 'narrow-moved.ts',
      restarts: on.map((host) => ({ host, unit: narrow })),
    });
    const others = inventory.serviceHosts.filter((host) => !on.includes(host));
    await thereAndBack(stage, change, () =>
      stage.until('it has moved', () => {
        const come = others.map((host) => serverOf(inventory, narrow, host));
        const isThere = come.every((one) => serverIn(stage, consumers, one) !== undefined);
        const areGone = on.every((host) => retiredEverywhere(stage, narrow, host) !== undefined);
        if (!isThere || !areGone) throw new Error('not yet');
      }),
    );
  },
};

const fewer: Drill = {
  ...common,
  title: 'a service over TLS leaves a host by up, and comes back',
  about: 'The host gets another certificate and its HAProxy other text; requests go elsewhere.',
  play: async (stage) => {
    const host = serviceOf(stage.inventory.outputs, secured).on.at(-1) ?? '';
    const change = broughtUp({
      what: 'an up without a service over TLS here',
      hosts: [host],
      catalog: 'secured-on-fewer.ts',
      restarts: [{ host, unit: secured }],
      reloads: [host],
    });
    await thereAndBack(stage, change, () =>
      stage.until('it has left', () => {
        if (retiredEverywhere(stage, secured, host) === undefined) throw new Error('not yet');
      }),
    );
  },
};

const renewed: Drill = {
  ...common,
  title: 'certificates are renewed by up with a third of their life left',
  about: 'Each HAProxy shows its new one after one seamless reload, and goes on to be understood.',
  play: async (stage) => {
    const { serviceHosts } = stage.inventory;
    const change = broughtUp({
      what: 'an up of 61 days ago',
      hosts: serviceHosts,
      catalog: 'catalog.ts',
      daysAgo: 61,
      reloads: serviceHosts,
    });
    await thereAndBack(stage, change, () =>
      stage.until('certificates are of that day', () =>
        certificatesAre(stage, (days) => days > 60 && days < 62),
      ),
    );
    await stage.until('certificates are of today', () =>
      certificatesAre(stage, (days) => days < 1),
    );
    await stage.requestsPass(100);
  },
};

/** Those that are shown to whoever asks for a service over TLS. */
async function certificatesAre(
  { inventory: { outputs, hosts } }: Stage,
  areRight: (days: number) => boolean,
): Promise<void> {
  const { on, tlsPort: port = 0 } = serviceOf(outputs, secured);
  await Promise.all(
    on.map(async (name) => {
      const sinceMs = await certificateSinceMs(hosts, name, { host: hosts.address(name), port });
      const days = (Date.now() - sinceMs) / 86_400_000;
      if (!areRight(days)) throw new Error(`that of ${name} is ${days.toFixed(1)} days old`);
    }),
  );
}

const oneMore: Drill = {
  ...common,
  title: 'a service is added by up, and removed',
  about: 'HAProxy is reloaded for it on every host, and no request to any other is lost.',
  play: async (stage) => {
    const { serviceHosts } = stage.inventory;
    const change = broughtUp({
      what: 'an up with a service more',
      hosts: serviceHosts,
      catalog: 'one-service-more.ts',
      reloads: serviceHosts,
    });
    const ask = 'curl -sf -m 2 -o /dev/null 127.0.0.1:3505/ping';
    await thereAndBack(stage, change, () =>
      stage.until('every host reaches it', () => succeedsOn(stage, serviceHosts, ask)),
    );
  },
};

const hostMore: Drill = {
  ...common,
  title: 'a host with instances is added by up, and taken away',
  about: 'Its instances take traffic from all hosts; they leave before the machine goes.',
  cannot: withoutMachinesToSpare,
  play: async (stage) => {
    const { heal } = await stage.break(
      broughtUp({
        what: 'an up with a host more',
        hosts: [spareHost],
        catalog: 'one-host-more.ts',
        cutsConnections: true,
      }),
    );
    await stage.until('its instance takes traffic', () => {
      if (!spareServes(stage)) throw new Error('not yet');
    });
    await stage.requestsPass(200);
    await heal();
  },
};

/** Whether every host sends requests to the instance on the spare host. */
function spareServes(stage: Stage): boolean {
  const { consumers } = serviceOf(stage.inventory.outputs, workers);
  const [first = ''] = consumers;
  const servers = Object.keys(stage.watch.proxies(first).at(-1)?.servers ?? {});
  const spare = servers.find((server) => server.startsWith(`${workers}/${spareHost}_`));
  return spare !== undefined && serverIn(stage, consumers, spare) !== undefined;
}

export const dayTwo: readonly Drill[] = [weighed, moved, fewer, renewed, oneMore, hostMore];
