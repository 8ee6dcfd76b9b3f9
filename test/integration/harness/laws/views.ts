/** Law: registry, nerve, synapse, HAProxy and its file say the same, on all hosts. */
import { z } from 'zod';
import { splitParts } from '../../../../infra/cli/status/script.ts';
import { paths, ports } from '../../../../infra/render/paths.ts';
import { type Inventory, serverOf } from '../inventory.ts';
import { registryNow, type Scene } from '../moments.ts';
import type { LawViolation } from '../outcome.ts';

export const viewsAgree = 'registry, nerve, synapse, HAProxy and its file agree';

const nerveSchema = z.object({
  registry: z.array(z.object({ state: z.string() })),
  services: z.record(z.string(), z.object({ registered: z.string().nullable() })),
});
const synapseSchema = z.object({
  registry: z.string(),
  services: z.record(
    z.string(),
    z.object({ instances: z.array(z.object({ server: z.string(), origin: z.string() })) }),
  ),
});

/** What is not as the catalog has it; empty where all is well. */
export async function disagreements(scene: Scene): Promise<readonly LawViolation[]> {
  const { serviceHosts } = scene.inventory;
  const lists = await Promise.all(serviceHosts.map((host) => onHost(scene, host)));
  return lists.flat();
}

async function onHost(scene: Scene, host: string): Promise<readonly LawViolation[]> {
  try {
    const parts = splitParts(await scene.inventory.hosts.run(host, script));
    const part = (name: string): string => parts.get(name) ?? '';
    return [
      ...nerveFaults(scene, host, part('nerve')),
      ...synapseFaults(scene.inventory, host, part('synapse')),
      ...proxyFaults(scene, host, part('file')),
    ].map((what) => ({ law: viewsAgree, host, what }));
  } catch (error) {
    return [{ law: viewsAgree, host, what: `cannot be asked: ${String(error)}` }];
  }
}

const script = [
  'tell() { printf \'\\n@@ %s\\n\' "$1"; }',
  `tell nerve; curl -s -m 5 127.0.0.1:${ports.nerve}/status`,
  `tell synapse; curl -s -m 5 127.0.0.1:${ports.synapse}/status`,
  `tell file; grep -E '^(backend|\\s+server) ' ${paths.haproxyConfig}`,
].join('\n');

/** Each instance here is registered once: as nerve says, and as the registry has it. */
function nerveFaults(scene: Scene, host: string, text: string): readonly string[] {
  const { registry, services } = nerveSchema.parse(JSON.parse(text));
  const cut = registry.some(({ state }) => state !== 'connected');
  if (cut) return ['nerve does not reach the registry'];
  return Object.entries(scene.inventory.outputs.services)
    .filter(([, { on }]) => on.includes(host))
    .flatMap(([service, { zkPath }]) => {
      const said = services[service]?.registered;
      const nodes = registryNow(scene, service).filter((node) => node.startsWith(`${host}_`));
      if (said != null && nodes.length === 1 && said === `${zkPath}/${nodes[0]}`) return [];
      return [`${service}: nerve has registered ${said}, the registry holds ${nodes.join(', ')}`];
    });
}

function synapseFaults(inventory: Inventory, host: string, text: string): readonly string[] {
  const { registry, services } = synapseSchema.parse(JSON.parse(text));
  if (registry !== 'connected') return ['synapse does not reach the registry'];
  return expectedServers(inventory, host).flatMap(([service, servers]) => {
    const seen = (services[service]?.instances ?? [])
      .filter(({ origin }) => origin === 'registry')
      .map(({ server }) => `${service}/${server}`);
    return differs(`${service}: synapse`, servers, seen);
  });
}

function proxyFaults(scene: Scene, host: string, file: string): readonly string[] {
  if (!scene.watch.hears(host)) return ['HAProxy is not heard of'];
  const running = scene.watch.proxies(host).at(-1)?.servers ?? {};
  const written = serversInFile(file);
  return expectedServers(scene.inventory, host).flatMap(([service, servers]) => {
    const own = (list: readonly string[]): readonly string[] =>
      list.filter((server) => server.startsWith(`${service}/`));
    const up = own(Object.keys(running)).filter((server) => running[server] === 'UP');
    return [
      ...differs(`${service}: HAProxy has up`, servers, up),
      ...differs(`${service}: haproxy.cfg`, servers, own(written)),
    ];
  });
}

function serversInFile(text: string): readonly string[] {
  let backend = '';
  return text.split('\n').flatMap((line) => {
    const [word, name] = line.trim().split(' ');
    if (word === 'backend') backend = name ?? '';
    return word === 'server' ? [`${backend}/${name}`] : [];
  });
}

function expectedServers(inventory: Inventory, host: string): [string, readonly string[]][] {
  return Object.entries(inventory.outputs.services)
    .filter(([, { consumers }]) => consumers.includes(host))
    .map(([service, { on }]) => [service, on.map((one) => serverOf(inventory, service, one))]);
}

function differs(
  who: string,
  expected: readonly string[],
  seen: readonly string[],
): readonly string[] {
  const same = [...expected].sort().join() === [...seen].sort().join();
  return same ? [] : [`${who} ${[...seen].sort().join(', ') || 'nothing'}`];
}
