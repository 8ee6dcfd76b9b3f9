/**
 * Discovery where platforms know what runs. Originals: `docker/docker.rb`, `ec2tag/ec2tag.rb` and
 * `marathon/marathon.rb` in `lib/synapse/service_watcher`; `consul` and `file` are ours.
 */
import { z } from 'zod';
import { mustBe } from './describe-issue.ts';
import { host, integerBetween, line, path, port, proxyName, seconds } from './fields.ts';
import { labelFilters } from './synapse-labels.ts';

const httpUrl = z.string().refine(isHttpUrl, {
  error: mustBe('a URL such as "http://10.0.0.1:8080"'),
});

const dockerServer = z
  .strictObject({
    name: proxyName.optional(),
    /** Under which the ports of its containers are reached. */
    host: host.default('127.0.0.1'),
    port: port.default(4243),
    /** Ours: asked over this Unix socket instead of `host` and `port`. */
    socket_path: path.optional(),
    /**
     * Ours: asked over TLS, with `ca.pem`, `cert.pem` and `key.pem` in this folder. As in the
     * original's client, `DOCKER_CERT_PATH` names one for all servers.
     */
    cert_path: path.optional(),
  })
  .readonly();

export const docker = z.strictObject({
  method: z.literal('docker'),
  servers: z.array(dockerServer).min(1),
  image_name: line.min(1),
  container_port: port,
  check_interval: seconds.default(15),
  ...labelFilters,
});

/** Needs the service's `backend_port_override`. */
export const ec2tag = z.strictObject({
  method: z.literal('ec2tag'),
  tag_name: line.min(1),
  tag_value: line.min(1),
  /** Each by default as the AWS clients find it: environment, files, the instance's own role. */
  aws_region: line.min(1).optional(),
  aws_access_key_id: line.min(1).optional(),
  aws_secret_access_key: line.min(1).optional(),
  /** Ours: another address of the API, such as a private endpoint. */
  aws_endpoint_url: httpUrl.optional(),
  check_interval: seconds.default(15),
  ...labelFilters,
});

export const marathon = z.strictObject({
  method: z.literal('marathon'),
  marathon_api_url: httpUrl,
  application_name: line.min(1),
  /** `%{app}` is the application's name. */
  marathon_api_path: line.regex(/^\//).default('/v2/apps/%{app}/tasks'),
  check_interval: seconds.default(10),
  port_index: integerBetween(0, 1_000).default(0),
  ...labelFilters,
});

/** Ours: the health API of a Consul agent, waiting for each change. */
export const consul = z.strictObject({
  method: z.literal('consul'),
  consul_url: httpUrl.default('http://127.0.0.1:8500'),
  service_name: line.min(1),
  /** Instances must have all of them. */
  tags: z.array(line.min(1)).default([]),
  datacenter: line.min(1).optional(),
  token: line.min(1).optional(),
  /** Seconds that one question waits for a change at most. */
  wait: seconds.refine((value) => value >= 1 && value <= 600).default(60),
  ...labelFilters,
});

/** Ours: a list of instances as in nerve's registrations, JSON or, by its ending, YAML. */
export const file = z.strictObject({ method: z.literal('file'), path, ...labelFilters });

export type DockerDiscovery = Readonly<z.output<typeof docker>>;
export type Ec2Discovery = Readonly<z.output<typeof ec2tag>>;
export type MarathonDiscovery = Readonly<z.output<typeof marathon>>;
export type ConsulDiscovery = Readonly<z.output<typeof consul>>;
export type FileDiscovery = Readonly<z.output<typeof file>>;

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '';
}
