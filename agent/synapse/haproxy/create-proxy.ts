/** A `ManagedProxy` and its parts from the configuration. */
import type { SynapseConfig } from '../../config/synapse.ts';
import type { ZoneConfig } from '../../config/synapse-guard.ts';
import type { RunCommand } from '../../lib/run-command.ts';
import { type AdminSocket, createAdminSocket } from './admin.ts';
import { createConfigFile } from './config-file.ts';
import { withDetour } from './detour.ts';
import { createFileKeeper } from './file-keeper.ts';
import { ManagedProxy, type ProxyOptions } from './proxy.ts';
import { createReloader, type Reloader } from './reload.ts';
import type { Sections } from './sections.ts';

export interface ProxyEnvironment
  extends Omit<
    ProxyOptions,
    'options' | 'sections' | 'zones' | 'admin' | 'furtherAdmins' | 'files' | 'reloader'
  > {
  readonly runCommand: RunCommand;
  readonly compose: (config: SynapseConfig) => Sections;
  /** HAProxy, or the user's own command, judged new text. */
  readonly onChecked: (passed: boolean) => void;
  readonly createSocket?: (path: string, deadlineMs: number) => AdminSocket;
}

export interface ConfiguredProxy {
  readonly proxy: ManagedProxy;
  readonly sections: Sections;
  readonly admin: AdminSocket | undefined;
  /** Of `admin`. */
  readonly socketPath: string | undefined;
  /** Of the master's, where there is one. */
  readonly masterPath: string | undefined;
}

/** A large configuration takes HAProxy seconds to load; its answers then take as long. */
const adminDeadlineMs = 5_000;
const reloadDeadlineMs = 20_000;

export function createProxy(config: SynapseConfig, environment: ProxyEnvironment): ConfiguredProxy {
  const { haproxy: options } = config;
  const { logger, state } = environment;
  const sections = environment.compose(config);
  const paths = options.do_socket ? (options.socket_file_path ?? []) : [];
  const [direct, ...furtherAdmins] = paths.map((one) =>
    socketAt(environment, one, adminDeadlineMs),
  );
  const admin = direct && detouring(direct, config, environment);
  const path = options.do_writes ? options.config_file_path : undefined;
  const file =
    path === undefined ? undefined : createConfigFile(options, path, telling(environment));
  const files = file && createFileKeeper({ file, state, logger });
  const reloader = reloaderOf(config, environment, admin);
  for (const line of sections.discarded) logger.warn('line-discarded', { ...line });
  const zones = zonesOf(config);
  const own = { options, sections, zones, admin, furtherAdmins, files, reloader };
  const proxy = new ManagedProxy({ ...environment, ...own });
  const masterPath = options.do_socket ? options.master_socket_path : undefined;
  return { proxy, sections, admin, socketPath: paths[0], masterPath };
}

/** Several sockets are those of several processes: the master's first is not theirs. */
function detouring(
  direct: AdminSocket,
  { haproxy: { master_socket_path: path, socket_file_path: paths } }: SynapseConfig,
  environment: ProxyEnvironment,
): AdminSocket {
  if (path === undefined || paths?.length !== 1) return direct;
  return withDetour(direct, socketAt(environment, path, adminDeadlineMs));
}

function telling({ runCommand, onChecked }: ProxyEnvironment): RunCommand {
  return async (...command) => {
    const result = await runCommand(...command);
    onChecked(result.exitCode === 0);
    return result;
  };
}

function zonesOf({ services }: SynapseConfig): ReadonlyMap<string, ZoneConfig> {
  return new Map(
    Object.entries(services).flatMap(([name, { zone }]) =>
      zone === undefined ? [] : [[name, zone] as const],
    ),
  );
}

function reloaderOf(
  { haproxy: options }: SynapseConfig,
  environment: ProxyEnvironment,
  admin: AdminSocket | undefined,
): Reloader | undefined {
  const { runCommand, clock } = environment;
  const { do_reloads, reload_command: command, master_socket_path } = options;
  if (!do_reloads) return undefined;
  const common = { admin, clock, deadlineMs: reloadDeadlineMs };
  if (command !== undefined) {
    return createReloader({ ...common, by: { kind: 'command', command, runCommand } });
  }
  // From 2.8 on the master's answer takes as long as the reload.
  if (master_socket_path === undefined) return undefined;
  const master = socketAt(environment, master_socket_path, reloadDeadlineMs);
  return createReloader({ ...common, by: { kind: 'master', master } });
}

function socketAt(
  { createSocket }: ProxyEnvironment,
  path: string,
  deadlineMs: number,
): AdminSocket {
  return createSocket?.(path, deadlineMs) ?? createAdminSocket({ path, deadlineMs });
}
