/** synapse in this process, on a real HAProxy and a registry in memory. */
import { join } from 'node:path';
import { expect } from 'chai';
import type { z } from 'zod';
import {
  parseSynapseConfig,
  type SynapseConfig,
  type synapseConfigSchema,
} from '../../agent/config/synapse.ts';
import { systemClock } from '../../agent/lib/clock.ts';
import { runCommand } from '../../agent/lib/run-command.ts';
import { Synapse } from '../../agent/synapse/daemon.ts';
import { type AdminState, parseLoad } from '../../agent/synapse/haproxy/answers.ts';
import type { ZooKeeperSession } from '../../agent/zookeeper/session.ts';
import { startBackend, type TestBackend } from './backend.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './free-ports.ts';
import { createTestHaproxy, type TestHaproxy } from './haproxy.ts';
import { MemoryZooKeeper } from './memory-zookeeper.ts';
import { createRecordingLogger, type RecordingLogger } from './recording-logger.ts';

type ConfigInput = z.input<typeof synapseConfigSchema>;
type ServiceInput = NonNullable<ConfigInput['services']>[string];
type HaproxyInput = ConfigInput['haproxy'];

export interface SynapseBed {
  readonly haproxy: TestHaproxy;
  readonly zookeeper: MemoryZooKeeper;
  readonly logger: RecordingLogger;
  /** Of the service `web`. */
  readonly url: string;
  readonly path: string;
  readonly statePath: string;
  /** Of the last `startSynapse`. */
  synapse(): Synapse;
  /** What the next `startSynapse` or `reload` reads. */
  configure(changes: {
    readonly web?: Partial<ServiceInput['haproxy']> & object;
    readonly service?: Partial<ServiceInput>;
    readonly services?: Readonly<Record<string, ServiceInput>>;
    readonly haproxy?: Partial<HaproxyInput>;
  }): void;
  /** A new one; the one before must have been stopped. */
  startSynapse(createSession?: (hosts: readonly string[]) => ZooKeeperSession): Promise<string>;
  /** A backend that is stopped with the bed. */
  backend(name: string): Promise<TestBackend>;
  /** Registers it as nerve would; resolves to its node. */
  register(backend: TestBackend): string;
  serverName(backend: TestBackend): string;
  /** Admin state and health of a server of `web`; `undefined` when it is not there. */
  server(
    backend: TestBackend,
  ): Promise<{ admin: AdminState; up: boolean; weight: number } | undefined>;
  /** Waits until a request is on it. */
  busyOn(backend: TestBackend): Promise<void>;
  /** Waits until exactly these are servers of `web`, up and ready. */
  expectServing(...backends: readonly TestBackend[]): Promise<void>;
  destroy(): Promise<void>;
}

export const testDefaults = [
  'mode http',
  'timeout connect 1s',
  'timeout client 10s',
  'timeout server 10s',
  'timeout queue 2s',
  'option redispatch 1',
  'retries 3',
] as const;

export async function createSynapseBed(): Promise<SynapseBed> {
  const haproxy = await createTestHaproxy();
  const zookeeper = new MemoryZooKeeper();
  const logger = createRecordingLogger();
  const [port = 0, apiPort = 0] = await freePorts(2);
  const path = '/test/services/web/services';
  const statePath = join(haproxy.folder, 'synapse-state.json');
  const backends: TestBackend[] = [];
  const standard = (): ConfigInput => ({
    services: {
      web: {
        discovery: { method: 'zookeeper', path, hosts: ['127.0.0.1:2181'] },
        haproxy: {
          port,
          bind_address: '127.0.0.1',
          server_options: 'check inter 200ms rise 2 fall 2',
          listen: ['option httpchk GET /health', 'balance roundrobin'],
        },
      },
    },
    haproxy: {
      global: ['maxconn 1000'],
      defaults: [...testDefaults],
      config_file_path: haproxy.configPath,
      socket_file_path: haproxy.socketPath,
      master_socket_path: haproxy.masterPath,
      restart_interval: 0.2,
    },
    state_path: statePath,
    api_port: apiPort,
  });
  let config: ConfigInput = standard();
  let synapse: Synapse | undefined;

  const parsed = (): SynapseConfig => {
    const result = parseSynapseConfig(config);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.config;
  };
  const server: SynapseBed['server'] = async (backend) => {
    const servers = await haproxy.servers();
    return servers.find(({ name }) => name === nameOf(backend));
  };

  return {
    haproxy,
    zookeeper,
    logger,
    url: `http://127.0.0.1:${port}`,
    path,
    statePath,
    synapse: () => {
      if (synapse === undefined) throw new Error('not started');
      return synapse;
    },
    configure: ({ web, service, services, haproxy: global }) => {
      const { services: own = {}, haproxy: ownGlobal, ...rest } = standard();
      const base = own.web;
      if (base === undefined) throw new Error('the bed has a service');
      config = {
        ...rest,
        services: {
          web: { ...base, ...service, haproxy: { ...base.haproxy, ...web } },
          ...services,
        },
        haproxy: { ...ownGlobal, ...global },
      };
    },
    startSynapse: (createSession = () => zookeeper.session()) => {
      synapse = new Synapse({
        config: parsed(),
        load: async () => {
          const result = parseSynapseConfig(config);
          if (result.ok) return result;
          return { ok: false, problems: result.problems.map(({ message }) => message) };
        },
        createSession,
        clock: systemClock,
        random: Math.random,
        logger,
        runCommand,
      });
      return synapse.start();
    },
    backend: async (name) => {
      const backend = await startBackend(name);
      backends.push(backend);
      return backend;
    },
    register: ({ name, port: backendPort }) =>
      zookeeper.register(path, { host: '127.0.0.1', port: backendPort, name }),
    serverName: nameOf,
    server,
    busyOn: (backend) =>
      eventually(async () => {
        const answer = await haproxy.admin.ask('show stat -1 4 -1');
        expect(parseLoad(answer, nameOf(backend))).to.be.greaterThan(0);
      }),
    expectServing: (...wanted) =>
      eventually(async () => {
        const servers = (await haproxy.servers()).filter((one) => one.backend === 'web');
        const serving = servers.filter(({ up, admin }) => up && admin === 'ready');
        const names = servers.map(({ name }) => name).sort();
        expect(names).to.deep.equal(wanted.map(nameOf).sort());
        expect(serving).to.have.length(wanted.length);
      }),
    destroy: async () => {
      await synapse?.stop();
      await haproxy.destroy();
      await Promise.all(backends.map((backend) => backend.stop()));
    },
  };
}

function nameOf({ name, port }: TestBackend): string {
  return `${name}_127.0.0.1:${port}`;
}
