import { parseArgs } from 'node:util';

export type DaemonCommand =
  | { readonly kind: 'run'; readonly configPath: string; readonly instanceId: string | undefined }
  | {
      readonly kind: 'check-config';
      readonly configPath: string;
      readonly instanceId: string | undefined;
    }
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'usage-error'; readonly message: string };

export interface DaemonArgumentsOptions {
  readonly daemon: 'nerve' | 'synapse';
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Flags and environment variables of the originals: `-c`, `-i` (nerve), `-k`, and NERVE_CONFIG,
 * NERVE_INSTANCE_ID, NERVE_CHECK_CONFIG (likewise SYNAPSE_…). A flag wins over its variable.
 */
export function parseDaemonArguments(options: DaemonArgumentsOptions): DaemonCommand {
  const { daemon, argv, environment } = options;
  const variable = (name: string): string | undefined =>
    environment[`${daemon.toUpperCase()}_${name}`] || undefined;
  try {
    const { values } = parseArgs({ args: [...argv], options: flags, strict: true });
    if (values.help) return { kind: 'help', text: usage(daemon) };
    if (values.version) return { kind: 'version' };
    const configPath = values.config ?? variable('CONFIG');
    if (configPath === undefined) return usageError(daemon, 'no configuration file given');
    return {
      kind: (values['check-config'] ?? variable('CHECK_CONFIG')) ? 'check-config' : 'run',
      configPath,
      instanceId: values.instance_id ?? variable('INSTANCE_ID'),
    };
  } catch (error) {
    return usageError(daemon, error instanceof Error ? error.message : String(error));
  }
}

const flags = {
  config: { type: 'string', short: 'c' },
  instance_id: { type: 'string', short: 'i' },
  'check-config': { type: 'boolean', short: 'k' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function usage(daemon: string): string {
  const lines = [
    `Usage: ${daemon} --config FILE`,
    '',
    '  -c, --config FILE      the configuration, JSON',
    '  -k, --check-config     validate it, print every problem, exit 0 if there is none, else 1',
    ...(daemon === 'nerve'
      ? ['  -i, --instance_id ID   reported as the name; wins over the file']
      : []),
    '      --version          print the version',
    '  -h, --help             print this',
  ];
  return lines.join('\n');
}

function usageError(daemon: string, message: string): DaemonCommand {
  return { kind: 'usage-error', message: `${daemon}: ${message}\n\n${usage(daemon)}` };
}
