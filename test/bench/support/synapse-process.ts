import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DaemonProcess, startNode } from '../../support/daemon-process.ts';
import { freePort } from '../../support/free-ports.ts';
import type { TestHaproxy } from '../../support/haproxy.ts';
import type { ConfigInput } from '../../support/synapse-config.ts';
import { unitOf } from './daemon-unit.ts';
import type { Lab } from './lab.ts';

/** The bundled synapse as a process of its own, with the flags of its systemd unit. */
export interface SynapseProcess {
  readonly process: DaemonProcess;
  readonly pid: number;
  /** When it was started, by `performance.now()`; its configuration was written before. */
  readonly startedMs: number;
  /** Prometheus text. */
  metrics(): Promise<string>;
  /** As systemd does. */
  stop(): Promise<void>;
}

export type Services = NonNullable<ConfigInput['services']>;

const defaults = [
  'mode http',
  'timeout connect 1s',
  'timeout client 60s',
  'timeout server 10s',
  'timeout queue 2s',
  'option redispatch 1',
  'retries 3',
] as const;

/** Returns as soon as the process is started. */
export async function startSynapse(
  { release, folder }: Lab,
  { configPath, socketPath, masterPath }: TestHaproxy,
  services: Services,
  extraSections: Readonly<Record<string, readonly string[]>> = {},
): Promise<SynapseProcess> {
  const home = await mkdtemp(join(folder, 'synapse-'));
  const apiPort = await freePort();
  const config: ConfigInput = {
    services,
    haproxy: {
      global: ['maxconn 4000'],
      defaults: [...defaults],
      config_file_path: configPath,
      socket_file_path: socketPath,
      master_socket_path: masterPath,
      extra_sections: Object.fromEntries(
        Object.entries(extraSections).map(([name, lines]) => [name, [...lines]]),
      ),
    },
    state_path: join(home, 'synapse.state.json'),
    api_port: apiPort,
    api_socket: join(home, 'synapse.sock'),
  };
  const path = join(home, 'synapse.conf.json');
  await writeFile(path, JSON.stringify(config));
  const { flags, environment } = unitOf('synapse');
  const args = [...flags, join(release, 'synapse.mjs'), '-c', path];
  const startedMs = performance.now();
  // To read its log is not the work of the process that measures.
  const daemon = startNode(args, environment, join(home, 'synapse.log'));
  return {
    startedMs,
    process: daemon,
    pid: daemon.pid ?? 0,
    metrics: async () => await (await fetch(`http://127.0.0.1:${apiPort}/metrics`)).text(),
    stop: async () => {
      daemon.signal('SIGTERM');
      await daemon.exited;
    },
  };
}
