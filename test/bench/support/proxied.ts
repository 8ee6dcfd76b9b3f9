/** Many services with instances, a synapse that follows them, and the HAProxy that serves them. */
import { eventually } from '../../support/eventually.ts';
import { freePorts } from '../../support/free-ports.ts';
import { createTestHaproxy, type TestHaproxy } from '../../support/haproxy.ts';
import type { ServiceInput } from '../../support/synapse-config.ts';
import type { Lab } from './lab.ts';
import { createRegistry, type NewNode, type Registry } from './registry.ts';
import { type Services, type SynapseProcess, startSynapse } from './synapse-process.ts';

export interface ProxiedService {
  readonly name: string;
  readonly path: string;
  /** Where HAProxy listens for it. */
  readonly port: number;
}

export interface Proxied {
  readonly haproxy: TestHaproxy;
  readonly synapse: SynapseProcess;
  readonly registry: Registry;
  readonly services: readonly ProxiedService[];
  /** Reloads so far, by the master's word. */
  reloads(): Promise<number>;
}

export interface ProxiedOptions {
  readonly services: number;
  /** Hosts of each service's instances; all at one port. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly guard?: ServiceInput['guard'];
  readonly extraSections?: Readonly<Record<string, readonly string[]>>;
}

const startMs = 60_000;

/** Begins once HAProxy has all that the registry has, and sees to the end of everything. */
export async function withProxied<T>(
  lab: Lab,
  options: ProxiedOptions,
  work: (proxied: Proxied) => Promise<T>,
): Promise<T> {
  const member = await followerOf(lab);
  const registry = createRegistry(await lab.connect([member]));
  const services = await nameServices(lab, options.services);
  await registry.prepare(services.map(({ path }) => path));
  await registry.fill(services.flatMap((service) => instancesOf(service, options)));
  const haproxy = await createTestHaproxy();
  const { guard, extraSections } = options;
  const configured = configure(services, [member], guard);
  const synapse = await startSynapse(lab, haproxy, configured, extraSections);
  try {
    await eventually(() => haproxy.configText(), { deadlineMs: startMs });
    await haproxy.start();
    const wanted = services.length * options.hosts.length;
    await eventually(() => expectServers(haproxy, services, wanted), { deadlineMs: startMs });
    const reloads = (): Promise<number> => reloadsOf(haproxy);
    return await work({ haproxy, synapse, registry, services, reloads });
  } finally {
    await synapse.stop();
    await haproxy.destroy();
  }
}

/** All through the same member: one may be nearer to the leader than another. */
export async function followerOf({ ensemble }: Lab): Promise<string> {
  const leader = await ensemble.leader();
  const follower = ensemble.members.find((member) => member !== leader);
  if (follower === undefined) throw new Error('the ensemble has no followers');
  return follower.host;
}

export async function nameServices(
  { newPath }: Lab,
  count: number,
): Promise<readonly ProxiedService[]> {
  const ports = await freePorts(count);
  return ports.map((port, index) => ({ name: `service-${index}`, path: newPath(), port }));
}

export function configure(
  services: readonly ProxiedService[],
  hosts: readonly string[],
  guard?: ServiceInput['guard'],
): Services {
  return Object.fromEntries(
    services.map(({ name, path, port }) => [
      name,
      {
        discovery: { method: 'zookeeper', path, hosts: [...hosts] },
        haproxy: {
          port,
          bind_address: '127.0.0.1',
          use_nerve_weights: true,
          listen: ['balance roundrobin'],
        },
        ...(guard === undefined ? {} : { guard }),
      },
    ]),
  );
}

export function instancesOf(
  { path }: ProxiedService,
  { hosts, port }: Pick<ProxiedOptions, 'hosts' | 'port'>,
): readonly NewNode[] {
  return hosts.map((host, index) => ({
    path,
    registration: { host, port, name: `host-${index}`, weight: 1 },
  }));
}

async function expectServers(
  haproxy: TestHaproxy,
  services: readonly ProxiedService[],
  wanted: number,
): Promise<void> {
  const names = new Set(services.map(({ name }) => name));
  const there = (await haproxy.servers()).filter(({ backend }) => names.has(backend)).length;
  if (there !== wanted) throw new Error(`${there} servers instead of ${wanted}`);
}

/** The master's reload counter. Source: HAProxy's management guide, `show proc`. */
async function reloadsOf({ master }: TestHaproxy): Promise<number> {
  const answer = await master.ask('show proc');
  const count = Number(/^\d+\s+master\s+(\d+)/m.exec(answer)?.[1]);
  if (Number.isNaN(count)) throw new Error(`no counter of reloads in: ${answer}`);
  return count;
}
