/** synapse in this process, on a real HAProxy and a registry in memory. */
import { join } from 'node:path';
import { expect } from 'chai';
import { parseSynapseConfig, type SynapseConfig } from '../../agent/config/synapse.ts';
import { systemClock } from '../../agent/lib/clock.ts';
import { createEventRing } from '../../agent/lib/event-ring.ts';
import { createPrometheus } from '../../agent/lib/prometheus.ts';
import { runCommand } from '../../agent/lib/run-command.ts';
import type { Registration } from '../../agent/registration.ts';
import { Synapse } from '../../agent/synapse/daemon.ts';
import { type AdminState, parseLoads } from '../../agent/synapse/haproxy/answers.ts';
import { createSynapseMetrics } from '../../agent/synapse/metrics/create-metrics.ts';
import { families } from '../../agent/synapse/metrics/families.ts';
import type { ZooKeeperSession } from '../../agent/zookeeper/session.ts';
import { startBackend, type TestBackend } from './backend.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './free-ports.ts';
import { createTestHaproxy, type TestHaproxy } from './haproxy.ts';
import { MemoryZooKeeper } from './memory-zookeeper.ts';
import { createRecordingLogger, type RecordingLogger } from './recording-logger.ts';
import type { ConfigInput, ServiceInput } from './synapse-config.ts';
import { startTraffic, type Traffic } from './traffic.ts';

type HaproxyInput = NonNullable<ConfigInput['haproxy']>;

export interface SynapseBed {
  readonly haproxy: TestHaproxy;
  readonly zookeeper: MemoryZooKeeper;
  readonly logger: RecordingLogger;
  /** Of the service `web`. */
  readonly url: string;
  /** Of synapse's own API. */
  readonly apiUrl: string;
  /** The same on a Unix socket, where it changes things. */
  readonly apiSocket: string;
  readonly path: string;
  readonly statePath: string;
  /** What its name service knows; the system's knows nothing here. */
  readonly names: Map<string, readonly string[]>;
  /** Of the last `startSynapse`. */
  synapse(): Synapse;
  /** What the next `startSynapse` or `reload` reads. */
  configure(changes: {
    readonly web?: Partial<ServiceInput['haproxy']> & object;
    readonly service?: Partial<ServiceInput>;
    readonly services?: Readonly<Record<string, ServiceInput>>;
    /** `none`: the configuration has no such section. */
    readonly haproxy?: Partial<HaproxyInput> | 'none';
    readonly top?: Pick<
      ConfigInput,
      'file_output' | 'nginx' | 'template' | 'state_path' | 'statsd'
    >;
  }): void;
  /** A new one; the one before must have been stopped. */
  startSynapse(createSession?: (hosts: readonly string[]) => ZooKeeperSession): Promise<string>;
  /** synapse, then HAProxy; resolves once exactly these are served. */
  startServing(...backends: readonly TestBackend[]): Promise<void>;
  /** Requests to `web` until they are stopped, at the latest with the bed. */
  startTraffic(): Traffic;
  /** A backend that is stopped with the bed. */
  backend(name: string): Promise<TestBackend>;
  /** Registers it as nerve would; resolves to its node. */
  register(backend: TestBackend, more?: Partial<Registration>): string;
  serverName(backend: TestBackend): string;
  /** Admin state and health of a server of `web`; `undefined` when it is not there. */
  server(
    backend: TestBackend,
  ): Promise<{ admin: AdminState; up: boolean; weight: number } | undefined>;
  /** Waits until a request is on it. */
  busyOn(backend: TestBackend): Promise<void>;
  /** Throws unless exactly these are servers of `web` now, up and ready; others are in maintenance. */
  serves(...backends: readonly TestBackend[]): Promise<void>;
  /** Waits until they are. */
  expectServing(...backends: readonly TestBackend[]): Promise<void>;
  destroy(): Promise<void>;
}

const testDefaults = [
  'mode http',
  'timeout connect 1s',
  // A backend in a busy process answers late, which is no sign of its death.
  'timeout check 10s',
  'timeout client 10s',
  'timeout server 10s',
  'timeout queue 2s',
  'option redispatch 1',
  'retries 3',
] as const;

/** What synapse needs to run `haproxy`. */
export function haproxyInput({ configPath, socketPath, masterPath }: TestHaproxy): HaproxyInput {
  return {
    global: ['maxconn 1000'],
    defaults: [...testDefaults],
    config_file_path: configPath,
    socket_file_path: socketPath,
    master_socket_path: masterPath,
  };
}

/** Of what a configuration on disk comes with. */
const noMore = { identities: [], rejected: new Map(), files: new Map() } as const;

/** Its registry is connected. */
export async function createSynapseBed(): Promise<SynapseBed> {
  const haproxy = await createTestHaproxy();
  const zookeeper = new MemoryZooKeeper();
  zookeeper.connect();
  const logger = createRecordingLogger();
  const [port = 0, apiPort = 0] = await freePorts(2);
  const path = '/test/services/web/services';
  const apiSocket = join(haproxy.folder, 'synapse.sock');
  const statePath = join(haproxy.folder, 'synapse-state.json');
  const names = new Map<string, readonly string[]>([['localhost', ['127.0.0.1']]]);
  const lookup = async (host: string): Promise<readonly string[]> => {
    const addresses = names.get(host);
    if (addresses === undefined) throw new Error('no name service answers');
    return addresses;
  };
  const backends: TestBackend[] = [];
  const traffic: Traffic[] = [];
  const standard = () => ({
    services: {
      web: {
        discovery: { method: 'zookeeper' as const, path, hosts: ['127.0.0.1:2181'] },
        haproxy: {
          port,
          bind_address: '127.0.0.1',
          server_options: 'check inter 200ms rise 2 fall 2',
          listen: ['option httpchk GET /health', 'balance roundrobin'],
        },
      },
    },
    haproxy: { ...haproxyInput(haproxy), restart_interval: 0.2 },
    state_path: statePath,
    api_port: apiPort,
    api_socket: apiSocket,
  });
  let config: ConfigInput = standard();
  let synapse: Synapse | undefined;
  const clock = systemClock;
  const { random } = Math;
  const events = createEventRing({ size: 500, clock });
  const prometheus = createPrometheus(families);
  const metrics = createSynapseMetrics({ clock, random, logger, prometheus });

  const parsed = (): SynapseConfig => {
    const result = parseSynapseConfig(config);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.config;
  };
  const server: SynapseBed['server'] = async (backend) => {
    const servers = await haproxy.servers();
    return servers.find(({ name }) => name === nameOf(backend));
  };

  const bed: SynapseBed = {
    haproxy,
    zookeeper,
    logger,
    url: `http://127.0.0.1:${port}`,
    apiUrl: `http://127.0.0.1:${apiPort}`,
    apiSocket,
    path,
    statePath,
    names,
    synapse: () => {
      if (synapse === undefined) throw new Error('not started');
      return synapse;
    },
    configure: ({ web, service, services, haproxy: global, top }) => {
      const base = standard();
      const own = base.services.web;
      const { haproxy: _, ...others } = base;
      config = {
        ...others,
        ...top,
        services: {
          web: { ...own, ...service, haproxy: { ...own.haproxy, ...web } },
          ...services,
        },
        ...(global === 'none' ? {} : { haproxy: { ...base.haproxy, ...global } }),
      };
    },
    startSynapse: (createSession = () => zookeeper.session()) => {
      synapse = new Synapse({
        loaded: { ok: true, config: parsed(), ...noMore },
        load: async () => {
          const result = parseSynapseConfig(config);
          if (result.ok) return { ...result, ...noMore };
          return { ok: false, problems: result.problems.map(({ message }) => message) };
        },
        createSession,
        clock,
        random,
        ...{ logger: events.tee(logger), events, metrics },
        runCommand,
        lookup,
      });
      return synapse.start();
    },
    startServing: async (...wanted) => {
      await bed.startSynapse();
      await haproxy.start();
      await bed.expectServing(...wanted);
    },
    startTraffic: () => {
      const started = startTraffic(bed.url);
      traffic.push(started);
      return started;
    },
    backend: async (name) => {
      const backend = await startBackend(name);
      backends.push(backend);
      return backend;
    },
    register: ({ name, port: backendPort }, more = {}) =>
      zookeeper.register(path, { host: '127.0.0.1', port: backendPort, name, ...more }),
    serverName: nameOf,
    server,
    busyOn: (backend) =>
      eventually(async () => {
        const answer = await haproxy.admin.ask('show stat -1 4 -1');
        expect(parseLoads(answer).get(nameOf(backend))).to.be.greaterThan(0);
      }),
    serves: async (...wanted) => {
      const servers = await haproxy.serversInTurn('web');
      const serving = servers.filter(({ up, admin }) => up && admin === 'ready');
      const names = servers.map(({ name }) => name).sort();
      expect(names).to.deep.equal(wanted.map(nameOf).sort());
      expect(serving).to.have.length(wanted.length);
    },
    expectServing: (...wanted) => eventually(() => bed.serves(...wanted)),
    destroy: async () => {
      await Promise.all(traffic.map((one) => one.stop()));
      await synapse?.stop();
      await haproxy.destroy();
      await Promise.all(backends.map((backend) => backend.stop()));
    },
  };
  return bed;
}

function nameOf({ name, port }: TestBackend): string {
  return `${name}_127.0.0.1:${port}`;
}
