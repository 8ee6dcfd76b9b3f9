/**
 * Containers of an image that publish a port. Original: `docker/docker.rb`; API:
 * https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Container/operation/ContainerList
 *
 * Each server that gives no answer keeps its containers, where the original drops them.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DockerDiscovery } from '../../config/synapse-sources.ts';
import type { Clock } from '../../lib/clock.ts';
import { getJson, type JsonRequest } from '../../lib/http-json.ts';
import { type Candidate, sortOut } from './candidates.ts';
import { Inherited } from './inherited.ts';
import { type Answer, askOutside, type Source, SourceError } from './source.ts';
import type { WatcherLink } from './watcher.ts';

export interface DockerOptions extends Pick<WatcherLink, 'expected'> {
  readonly discovery: DockerDiscovery;
  readonly clock: Clock;
}

type DockerServer = DockerDiscovery['servers'][number];

const deadlineMs = 5_000;

const portSchema = z.object({
  PrivatePort: z.number(),
  PublicPort: z.number().nullish(),
  Type: z.string().default('tcp'),
});
const containerSchema = z.object({
  Image: z.string(),
  Id: z.string().default(''),
  /** Text, such as `0.0.0.0:49153->6379/tcp`, before version 1.7 of the API. */
  Ports: z.union([z.string(), z.array(portSchema)]).nullish(),
});

type Container = z.output<typeof containerSchema>;

export function createDockerSource({ discovery, clock, expected }: DockerOptions): Source {
  const inherited = new Inherited(expected);
  const known = new Map<DockerServer, readonly Candidate[]>();
  const askServer = async (server: DockerServer, signal: AbortSignal): Promise<string[]> => {
    try {
      known.set(server, await containersOn(server, discovery, clock, signal));
      return [];
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return [error.message];
    }
  };
  const ask = async (signal: AbortSignal): Promise<Answer> => {
    const { servers } = discovery;
    const silent = (await Promise.all(servers.map((one) => askServer(one, signal)))).flat();
    if (known.size === 0) throw new SourceError(silent.join(', '));
    const found = sortOut([...known.values()].flat(), undefined);
    const more = inherited.beside(found.instances, known.size === servers.length);
    return { ...found, instances: [...found.instances, ...more], silent };
  };
  return { method: 'docker', intervalMs: discovery.check_interval * 1_000, ask };
}

async function containersOn(
  server: DockerServer,
  discovery: DockerDiscovery,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const { host, port, socket_path: socketPath } = server;
  const where = socketPath ?? `${host}:${port}`;
  const folder = certificatesFor(server);
  const authority = socketPath === undefined ? authorityOf(host, port) : 'localhost';
  const scheme = folder === undefined ? 'http' : 'https';
  const url = new URL(`${scheme}://${authority}/containers/json`);
  const { status, value } = await askOutside(`docker at ${where}`, signal, async () => {
    const tls = folder === undefined ? undefined : await readCertificates(folder);
    return await getJson({ url, socketPath, tls, deadlineMs, clock, signal });
  });
  if (status !== 200) throw new SourceError(`docker at ${where}: status ${status}`);
  if (!Array.isArray(value)) throw new SourceError(`docker at ${where}: no list of containers`);
  return value.flatMap((one: unknown) => toCandidate(one, server, discovery));
}

/** Their folder; `undefined` where none are wanted. */
function certificatesFor({ socket_path, cert_path }: DockerServer): string | undefined {
  return socket_path === undefined ? (cert_path ?? process.env.DOCKER_CERT_PATH) : undefined;
}

/** With each question: they are renewed now and then. */
async function readCertificates(folder: string): Promise<JsonRequest['tls']> {
  const [ca, cert, key] = await Promise.all([
    readFile(join(folder, 'ca.pem')),
    readFile(join(folder, 'cert.pem')),
    readFile(join(folder, 'key.pem')),
  ]);
  return { ca, cert, key };
}

/** Of other images and without the port, none; one that is no container is named. */
function toCandidate(
  value: unknown,
  { name, host }: DockerServer,
  { image_name: image, container_port: port }: DockerDiscovery,
): readonly Candidate[] {
  const parsed = containerSchema.safeParse(value);
  if (!parsed.success) return [{ node: `a container on ${host}`, fields: {} }];
  if (!isOfImage(parsed.data.Image, image)) return [];
  const published = publicPort(parsed.data, port);
  if (published === undefined) return [];
  const node = `${parsed.data.Id.slice(0, 12)} on ${host}`;
  return [{ node, fields: { host, port: published, name } }];
}

/** With any tag or digest, unless the wanted name has one. */
function isOfImage(image: string, wanted: string): boolean {
  const untagged = image.replace(/@[^/]*$/, '').replace(/:[^:/]*$/, '');
  return image === wanted || untagged === wanted;
}

function publicPort({ Ports: ports }: Container, wanted: number): number | undefined {
  if (typeof ports !== 'string') {
    const found = ports?.find(
      ({ PrivatePort, PublicPort, Type }) => PrivatePort === wanted && PublicPort && Type === 'tcp',
    );
    return found?.PublicPort ?? undefined;
  }
  for (const mapping of ports.split(', ')) {
    const [, published, inside] = /:(\d+)->(\d+)\/tcp$/.exec(mapping) ?? [];
    if (Number(inside) === wanted) return Number(published);
  }
  return undefined;
}

function authorityOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
