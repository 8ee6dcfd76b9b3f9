import { Buffer } from 'node:buffer';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadNerveConfig } from '../../agent/config/nerve-file.ts';
import { systemClock } from '../../agent/lib/clock.ts';
import { createEventRing } from '../../agent/lib/event-ring.ts';
import { createPrometheus } from '../../agent/lib/prometheus.ts';
import { createRunCheck } from '../../agent/nerve/checks/check.ts';
import { Nerve } from '../../agent/nerve/daemon.ts';
import { runHook } from '../../agent/nerve/lifecycle/hook.ts';
import { createNerveMetrics } from '../../agent/nerve/metrics/create-metrics.ts';
import { families } from '../../agent/nerve/metrics/families.ts';
import { sessionCreator } from '../../agent/nerve/sessions.ts';
import type { ZooKeeperSession } from '../../agent/zookeeper/session.ts';
import { eventually } from './eventually.ts';
import { type HealthServer, startHealthServer } from './health-server.ts';
import { createRecordingLogger, type RecordingLogger } from './recording-logger.ts';
import { grantedSessionMs } from './zookeeper.ts';
import { openSession } from './zookeeper-session.ts';

export interface RunningNerve {
  readonly nerve: Nerve;
  readonly logger: RecordingLogger;
  /** As a crash would: nothing more is written, and its session stays at the server. */
  abandon(): void;
}

export interface StartOptions {
  /** What systemd would say when this nerve is stopped. */
  readonly isBeingRestarted?: boolean;
}

/** A nerve, its configuration folder, a service to check, and an eye on the registry. */
export interface NerveBed {
  /** For whatever a test wants to keep as long as the bed. */
  readonly directory: string;
  readonly configPath: string;
  readonly servicePath: (name: string) => string;
  readonly backend: HealthServer;
  readonly zkPath: string;
  /** A service's options: the backend, checked over HTTP every 50 ms; `changes` win. */
  service(changes?: object): object;
  writeService(name: string, content: object | string): Promise<void>;
  removeService(name: string): Promise<void>;
  writeMain(changes?: object): Promise<void>;
  start(options?: StartOptions): Promise<RunningNerve>;
  /** The registrations at the bed's path: child → data. */
  registrations(path?: string): Promise<Record<string, unknown>>;
  /** Resolves to the only child once there is exactly one with `data`. */
  onlyRegistration(data?: object): Promise<string>;
  noRegistration(): Promise<void>;
  readonly observer: ZooKeeperSession;
  close(): Promise<void>;
}

/** Short enough to wait for its end, and long enough for a busy machine to keep it. */
export const sessionTimeoutMs = 4_000;
/** For tests that start processes meanwhile: the longest that the ensemble grants. */
export const longSessionMs = grantedSessionMs.max;

export async function createNerveBed(
  /** What nerve uses; the observer uses `observerHosts`. */
  hosts: readonly string[],
  observerHosts: readonly string[] = hosts,
): Promise<NerveBed> {
  const directory = await mkdtemp(join(tmpdir(), 'nerve-'));
  const folder = join(directory, 'nerve.d');
  await mkdir(folder);
  const configPath = join(directory, 'nerve.conf.json');
  const zkPath = `/test/services/${directory.slice(-6)}/services`;
  const backend = await startHealthServer();
  const observer = openSession({ hosts: observerHosts, sessionTimeoutMs: 10_000 });
  await observer.connected();
  const running = new Set<RunningNerve>();

  const registrations = async (path = zkPath): Promise<Record<string, unknown>> => {
    await observer.session.sync(path);
    const children = (await observer.session.children(path)) ?? [];
    const entries = await Promise.all(
      children.map(async (child): Promise<[string, unknown]> => {
        const node = await observer.session.read(`${path}/${child}`);
        return [child, JSON.parse(node?.data.toString() || 'null')];
      }),
    );
    return Object.fromEntries(entries);
  };

  const bed: NerveBed = {
    directory,
    configPath,
    servicePath: (name) => join(folder, `${name}.json`),
    backend,
    zkPath,
    observer: observer.session,
    service: (changes = {}) => ({
      host: '127.0.0.1',
      port: backend.port,
      zk_hosts: hosts,
      zk_path: zkPath,
      check_interval: 0.05,
      checks: [{ type: 'http', uri: '/health', timeout: 0.5, rise: 1, fall: 2 }],
      ...changes,
    }),
    writeService: (name, content) =>
      writeFile(
        join(folder, `${name}.json`),
        typeof content === 'string' ? content : JSON.stringify(content),
      ),
    removeService: (name) => rm(join(folder, `${name}.json`)),
    writeMain: (changes = {}) =>
      writeFile(
        configPath,
        JSON.stringify({
          instance_id: 'node_1',
          service_conf_dir: folder,
          api_port: null,
          zk_session_timeout_ms: sessionTimeoutMs,
          ...changes,
        }),
      ),
    start: async (options = {}) => {
      const started = await startNerve(configPath, options);
      running.add(started);
      return started;
    },
    registrations,
    onlyRegistration: (data) =>
      eventually(async () => {
        const found = Object.entries(await registrations());
        expect(found).to.have.length(1);
        const [[child, actual] = ['', undefined]] = found;
        if (data) expect(actual).to.deep.include(data);
        return child;
      }),
    noRegistration: async () => {
      await eventually(async () => expect(await registrations()).to.deep.equal({}));
    },
    close: async () => {
      await Promise.all([...running].map(({ nerve }) => nerve.stop()));
      await observer.session.close();
      await backend.close();
      await rm(directory, { recursive: true });
    },
  };
  await bed.writeMain();
  return bed;
}

async function startNerve(configPath: string, options: StartOptions): Promise<RunningNerve> {
  const load = () => loadNerveConfig({ path: configPath, instanceId: undefined });
  const loaded = await load();
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const recording = createRecordingLogger();
  const events = createEventRing({ size: 500, clock: systemClock });
  const surroundings = { clock: systemClock, random: Math.random, logger: events.tee(recording) };
  const createSession = sessionCreator({ config: loaded.config, ...surroundings });
  const sessions: ZooKeeperSession[] = [];
  const nerve = new Nerve({
    ...surroundings,
    loaded,
    load,
    isBeingRestarted: async () => options.isBeingRestarted ?? false,
    runCheck: createRunCheck(),
    runHook,
    events,
    metrics: createNerveMetrics({ ...surroundings, prometheus: createPrometheus(families) }),
    createSession: (hosts, resume) => {
      const session = createSession(hosts, resume);
      sessions.push(session);
      return session;
    },
  });
  await nerve.start();
  return {
    nerve,
    logger: recording,
    abandon: () => {
      for (const session of sessions) session.abandon();
    },
  };
}

/** The data of the bed's registration, short of what a test adds. */
export function registrationOf(bed: NerveBed): object {
  return { host: '127.0.0.1', port: bed.backend.port, name: 'node_1' };
}

export function dataOf(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
