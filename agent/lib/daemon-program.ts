import { type Clock, systemClock } from './clock.ts';
import { type DaemonCommand, parseDaemonArguments } from './daemon-arguments.ts';
import { createProcessLogger, type Logger } from './logger.ts';
import { createServiceManager, type ServiceManager } from './sd-notify.ts';
import { settleMemory } from './settle-memory.ts';
import { version } from './version.ts';

/** A long-running part of the system, as the process around it sees it. */
export interface Daemon {
  /** Resolves to a one-line status once it does its work; systemd then hears READY=1. */
  start(): Promise<string>;
  /** SIGHUP. Resolves to a status; a bad configuration is logged and changes nothing (law 5). */
  reload(): Promise<string>;
  /** SIGTERM. Resolves when everything is handed back; must not hang. */
  stop(): Promise<void>;
}

export type RunCommand = Extract<DaemonCommand, { kind: 'run' | 'check-config' }>;

export type LoadedConfig<C> =
  | { readonly ok: true; readonly config: C }
  /** One line per mistake, each with its file. */
  | { readonly ok: false; readonly problems: readonly string[] };

export interface DaemonContext<C> {
  readonly config: C;
  readonly command: RunCommand;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface DaemonProgram<C> {
  readonly name: 'nerve' | 'synapse';
  /** Reads and validates everything; touches nothing else. */
  load(command: RunCommand): Promise<LoadedConfig<C>>;
  create(context: DaemonContext<C>): Daemon;
}

/** The whole life of a daemon's process. Sets exit codes: 0 clean, 1 bad config or fault, 2 usage. */
export async function runDaemonProgram<C>(program: DaemonProgram<C>): Promise<void> {
  const { argv, env } = process;
  const command = parseDaemonArguments({
    daemon: program.name,
    argv: argv.slice(2),
    environment: env,
  });
  switch (command.kind) {
    case 'help':
      return print(command.text);
    case 'version':
      return print(`${program.name} ${version}`);
    case 'usage-error':
      return fail(2, command.message);
    case 'check-config':
    case 'run':
      return await runWithConfig(program, command);
  }
}

async function runWithConfig<C>(program: DaemonProgram<C>, command: RunCommand): Promise<void> {
  const loaded = await program.load(command);
  if (!loaded.ok) return fail(1, loaded.problems.join('\n'));
  if (command.kind === 'check-config') return print(`${command.configPath}: ok`);
  const clock = systemClock;
  const logger = createProcessLogger(clock, 'info', program.name);
  process.once('uncaughtException', (error) => {
    // Nothing is handed back: ephemeral nodes and the proxy outlive the restart that follows.
    logger.error('fault', { error, stack: error.stack });
    process.exit(1);
  });
  const daemon = program.create({ config: loaded.config, command, clock, logger });
  await supervise(daemon, { clock, logger });
}

/** From start to stop, driven by signals. */
async function supervise(
  daemon: Daemon,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<void> {
  const manager = createServiceManager({ environment: process.env, clock, logger });
  const stopping = new AbortController();
  const stopped = waitForStopSignal(logger);
  logger.info('started', { version, pid: process.pid });
  const ready = daemon.start().then((status) => manager.ready(status));
  const reloader = createReloader(daemon, ready, manager, logger);
  process.on('SIGHUP', reloader);
  const feeding = manager.keepWatchdogFed(stopping.signal);
  const settling = ready.then(() => settleMemory(clock, stopping.signal));
  await Promise.race([ready, stopped]);
  await stopped;
  await manager.stopping('shutting down');
  stopping.abort();
  await Promise.all([daemon.stop(), feeding, settling]);
  process.off('SIGHUP', reloader);
  logger.info('stopped');
  // A check or a dial in flight must not hold the process.
  process.exit(0);
}

function waitForStopSignal(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    const signals = ['SIGTERM', 'SIGINT'] as const;
    const onSignal = (signal: NodeJS.Signals): void => {
      logger.info('stopping', { signal });
      for (const name of signals) {
        process.off(name, onSignal);
        process.once(name, () => process.exit(1));
      }
      resolve();
    };
    for (const signal of signals) process.on(signal, onSignal);
  });
}

/**
 * Reloads run one after the other; any number of signals during one make a single further one. A
 * signal before `ready` is kept until then: what the start has read may be older than the file.
 */
export function createReloader(
  daemon: Daemon,
  ready: Promise<void>,
  manager: ServiceManager,
  logger: Logger,
): () => void {
  let running = false;
  let again = false;
  const reload = async (): Promise<void> => {
    await ready;
    await manager.reloading();
    const status = await daemon.reload();
    await manager.ready(status);
  };
  const run = async (): Promise<void> => {
    running = true;
    do {
      again = false;
      await reload().catch((error: unknown) => logger.error('reload-failed', { error }));
    } while (again);
    running = false;
  };
  return () => {
    again = true;
    if (!running) void run();
  };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(exitCode: number, message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
