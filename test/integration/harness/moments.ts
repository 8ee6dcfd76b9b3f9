/** When something became true on all hosts, from what the watch saw. */
import { type Inventory, serverOf, serviceOf } from './inventory.ts';
import type { ProxySighting } from './watch/sighting.ts';
import type { Watch } from './watch/watch.ts';

export interface Scene {
  readonly inventory: Inventory;
  readonly watch: Watch;
}

type Holds = (sighting: ProxySighting) => boolean;

/** Since when `holds` is true of a host's proxy without a break; `undefined` while it is not. */
function since(sightings: readonly ProxySighting[], holds: Holds): number | undefined {
  const last = sightings.findLastIndex((sighting) => !holds(sighting));
  return sightings[last + 1]?.at;
}

/** When the last of these hosts' proxies came to what is true of all of them now. */
function sinceOnAll({ watch }: Scene, hosts: readonly string[], holds: Holds): number | undefined {
  const times = hosts.map((host) => since(watch.proxies(host), holds));
  return times.some((time) => time === undefined)
    ? undefined
    : Math.max(...times.map((time) => time ?? 0));
}

const takesTraffic = (word: string | undefined): boolean =>
  word !== undefined && ['UP', 'no', 'NOLB'].includes(word);

/** Hosts that reach a service, through a proxy each; `but` for some. */
export function consumersOf(
  { inventory }: Scene,
  service: string,
  but: readonly string[],
): readonly string[] {
  const { consumers } = serviceOf(inventory.outputs, service);
  return consumers.filter((host) => !but.includes(host));
}

/** When a server was first out of each of these proxies after `fromMs`, whatever it did then. */
function outOfEach(
  { watch }: Scene,
  hosts: readonly string[],
  server: string,
  fromMs: number,
): readonly (number | undefined)[] {
  return hosts.map((host) => {
    const sightings = watch.proxies(host);
    const before = sightings.findLast(({ at }) => at <= fromMs);
    const out = (seen: ProxySighting | undefined): boolean =>
      seen !== undefined && seen.pid !== 0 && !takesTraffic(seen.servers[server]);
    if (out(before)) return fromMs;
    return sightings.find((seen) => seen.at > fromMs && out(seen))?.at;
  });
}

/** Of all these proxies. */
export function serverOut(
  scene: Scene,
  hosts: readonly string[],
  server: string,
  fromMs: number,
): number | undefined {
  return latest(outOfEach(scene, hosts, server, fromMs));
}

/** Since when a server takes traffic in all these proxies without a break. */
export function serverIn(
  scene: Scene,
  hosts: readonly string[],
  server: string,
): number | undefined {
  return sinceOnAll(scene, hosts, ({ servers }) => takesTraffic(servers[server]));
}

/** When an instance was first out of every proxy; `but` for hosts that nobody can tell. */
export function outOfEveryProxy(
  scene: Scene,
  service: string,
  instance: string,
  fromMs: number,
  but: readonly string[] = [],
): number | undefined {
  const server = serverOf(scene.inventory, service, instance);
  return serverOut(scene, consumersOf(scene, service, but), server, fromMs);
}

/** When the first of all proxies sent it nothing more. */
export function outOfFirstProxy(
  scene: Scene,
  service: string,
  instance: string,
  fromMs: number,
): number | undefined {
  const server = serverOf(scene.inventory, service, instance);
  const times = outOfEach(scene, consumersOf(scene, service, []), server, fromMs);
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

export function inEveryProxy(
  scene: Scene,
  service: string,
  instance: string,
  but: readonly string[] = [],
): number | undefined {
  const server = serverOf(scene.inventory, service, instance);
  return serverIn(scene, consumersOf(scene, service, but), server);
}

/** Since when synapse keeps it out of every proxy: what HAProxy's own checks say is no matter then. */
export function retiredEverywhere(
  scene: Scene,
  service: string,
  instance: string,
): number | undefined {
  const server = serverOf(scene.inventory, service, instance);
  return sinceOnAll(
    scene,
    consumersOf(scene, service, []),
    ({ pid, servers }) => pid !== 0 && (servers[server] ?? 'MAINT').startsWith('MAINT'),
  );
}

/** Since when every proxy has every instance of the catalog up and no other server. */
export function allProxiesWhole(scene: Scene): number | undefined {
  const { outputs, serviceHosts } = scene.inventory;
  const times = serviceHosts.map((host) => {
    // What it told before it fell silent says nothing of now.
    if (!scene.watch.hears(host)) return undefined;
    const expected = Object.entries(outputs.services)
      .filter(([, { consumers }]) => consumers.includes(host))
      .flatMap(([service, { on }]) => on.map((one) => serverOf(scene.inventory, service, one)))
      .sort();
    const whole = ({ servers }: ProxySighting): boolean => {
      const own = Object.keys(servers).filter((server) => !isBesideServices(server));
      const same = own.sort().join() === expected.join();
      return same && own.every((server) => takesTraffic(servers[server]));
    };
    return since(scene.watch.proxies(host), whole);
  });
  return latest(times);
}

/** What carries TLS is no proxy of a service; services have no dots in their names. */
function isBesideServices(server: string): boolean {
  return /^[^/]*\.tls\//.test(server);
}

/** Since when every host that reaches the registry finds exactly the catalog's instances there. */
export function registryWhole(scene: Scene): number | undefined {
  const { outputs, serviceHosts } = scene.inventory;
  const views = serviceHosts.filter((host) => scene.watch.reachesRegistry(host));
  const times = views.flatMap((host) =>
    Object.values(outputs.services).map(({ zkPath, on }) => {
      const seen = scene.watch.registry(host, zkPath);
      const whole = (nodes: readonly string[]): boolean =>
        nodes.map(instanceOf).sort().join() === [...on].sort().join();
      const last = seen.findLastIndex(({ nodes }) => !whole(nodes));
      return seen[last + 1]?.at;
    }),
  );
  return views.length === 0 ? undefined : latest(times);
}

/** The instance that a node of the registry is of: its name without the sequence. */
export function instanceOf(node: string): string {
  return node.replace(/_\d{10}$/, '');
}

/** Nodes of an instance as they stand now, in the view of any host that reaches the registry. */
export function nodesOf(scene: Scene, service: string, instance: string): readonly string[] {
  return registryNow(scene, service).filter((node) => instanceOf(node) === instance);
}

export function registryNow({ inventory, watch }: Scene, service: string): readonly string[] {
  const { zkPath } = serviceOf(inventory.outputs, service);
  const host = inventory.serviceHosts.find((name) => watch.reachesRegistry(name));
  if (host === undefined) throw new Error('no host reaches the registry');
  return watch.registry(host, zkPath).at(-1)?.nodes ?? [];
}

/** When the first host saw that a node is no longer there. */
export function nodeGone(
  { inventory, watch }: Scene,
  service: string,
  node: string,
): number | undefined {
  const { zkPath } = serviceOf(inventory.outputs, service);
  const times = inventory.serviceHosts.flatMap((host) => {
    const seen = watch.registry(host, zkPath);
    const last = seen.findLastIndex(({ nodes }) => nodes.includes(node));
    return last === -1 ? [] : (seen[last + 1]?.at ?? []);
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** How often another process of HAProxy answered than before, in a span of time. */
export function reloadsOf({ watch }: Scene, host: string, fromMs: number, toMs: number): number {
  const all = watch.proxies(host).filter(({ pid }) => pid !== 0);
  const before = all.findLast(({ at }) => at <= fromMs);
  const within = all.filter(({ at }) => at > fromMs && at <= toMs);
  return [...(before === undefined ? [] : [before]), ...within].filter(
    ({ pid }, index, list) => index > 0 && list[index - 1]?.pid !== pid,
  ).length;
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  return times.includes(undefined) ? undefined : Math.max(...times.map((time) => time ?? 0));
}
