import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type DaemonProcess, startNode } from '../../support/daemon-process.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-ports.ts';
import { unitOf } from './daemon-unit.ts';
import type { Lab } from './lab.ts';

/** The bundled nerve as a process of its own, with the flags of its systemd unit. */
export interface NerveProcess {
  readonly process: DaemonProcess;
  readonly pid: number;
  readonly socketPath: string;
  /** Name → whether the registry says so. */
  registered(): Promise<ReadonlyMap<string, boolean>>;
  /** Resolves once `count` services are registered and nothing is left to do. */
  allRegistered(count: number): Promise<void>;
}

export interface NerveSetup {
  /** What a start needs, again and again. */
  readonly configPath: string;
  readonly apiPort: number;
  readonly socketPath: string;
}

const statusSchema = z.object({
  services: z.record(
    z.string(),
    z.object({ registered: z.string().nullable(), settled: z.boolean() }),
  ),
});

/** Writes a configuration whose services are all those of the bench. */
export async function prepareNerve(
  { folder }: Lab,
  services: Readonly<Record<string, object>>,
): Promise<NerveSetup> {
  const home = await mkdtemp(join(folder, 'nerve-'));
  const configPath = join(home, 'nerve.conf.json');
  const socketPath = join(home, 'nerve.sock');
  const apiPort = await freePort();
  const config = {
    instance_id: 'bench',
    api_port: apiPort,
    api_socket: socketPath,
    state_path: join(home, 'nerve.state.json'),
    services,
  };
  await writeFile(configPath, JSON.stringify(config));
  return { configPath, apiPort, socketPath };
}

/** Returns as soon as the process is started. */
export function startNerve({ release }: Lab, setup: NerveSetup): NerveProcess {
  const { flags, environment } = unitOf('nerve');
  const program = join(release, 'nerve.mjs');
  const process = startNode([...flags, program, '-c', setup.configPath], environment);
  const registered = async (): Promise<ReadonlyMap<string, boolean>> => {
    const response = await fetch(`http://127.0.0.1:${setup.apiPort}/status`).catch(() => {
      throw new Error(`nerve does not answer${tail(process)}`);
    });
    const { services } = statusSchema.parse(await response.json());
    return new Map(
      Object.entries(services).map(([name, one]) => [name, one.registered !== null && one.settled]),
    );
  };
  return {
    process,
    pid: process.pid ?? 0,
    socketPath: setup.socketPath,
    registered,
    allRegistered: (count) =>
      eventually(
        async () => {
          const services = await registered();
          const there = [...services.values()].filter(Boolean).length;
          if (there !== count) throw new Error(`${there} of ${count} registered${tail(process)}`);
        },
        { deadlineMs: 30_000, pollMs: 5 },
      ),
  };
}

/** Starts it, waits until all is registered, and sees to its end. */
export async function withNerve<T>(
  lab: Lab,
  services: Readonly<Record<string, object>>,
  work: (nerve: NerveProcess) => Promise<T>,
): Promise<T> {
  const nerve = startNerve(lab, await prepareNerve(lab, services));
  try {
    await nerve.allRegistered(Object.keys(services).length);
    return await work(nerve);
  } finally {
    await stopNerve(nerve);
  }
}

/** As systemd does; its registrations go. */
export async function stopNerve({ process }: NerveProcess): Promise<void> {
  process.signal('SIGTERM');
  await process.exited;
}

function tail({ output }: DaemonProcess): string {
  const last = output.trim().split('\n').slice(-3).join('\n');
  return last === '' ? '' : `; it said last:\n${last}`;
}
