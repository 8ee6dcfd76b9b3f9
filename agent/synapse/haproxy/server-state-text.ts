/**
 * What HAProxy is to load with its file: the states of its servers, from its own answer to `show
 * servers state`. Source: `src/server_state.c`, and `server-state-file` in its manual.
 */
import { checkConfigured, checkEnabled, checkFailed } from './answers.ts';
import { type Desired, serverKey } from './plan.ts';
import { idOf, type ServerLine, weightOf } from './server-line.ts';
import { StateRow } from './state-row.ts';

/** A server that HAProxy meets with its next file. */
export interface Newcomer {
  readonly backend: string;
  readonly line: ServerLine;
}

export interface ServerStateOptions {
  readonly isRetiring: (backend: string, server: string) => boolean;
  /** By the line that the server was made from or given since; `undefined`: it is not ours. */
  readonly weightOf: (backend: string, server: string) => number | undefined;
  /**
   * Where `serversState` does not know them, they are down until their first checks have passed: a
   * server in the file alone is up until one has failed.
   */
  readonly newcomers: readonly Newcomer[];
}

/**
 * Leaves out the servers that synapse is retiring: their maintenance is not an operator's and must
 * not outlive them. A weight that somebody set is kept by HAProxy where `srv_iweight` says what the
 * file says: it must name the weight that synapse gave, whatever the server was first made with.
 * Without the column that only counts time, two equal situations give equal texts.
 */
export function serverStateText(
  serversState: string,
  { isRetiring, weightOf, newcomers }: ServerStateOptions,
): string {
  const [version = '1', heading = '', ...rows] = serversState.trimEnd().split('\n');
  const names = heading.split(' ').slice(1);
  const [backendColumn, serverColumn] = [names.indexOf('be_name'), names.indexOf('srv_name')];
  const initialWeight = names.indexOf('srv_iweight');
  const cells = new Map([[names.indexOf('srv_time_since_last_change'), '0']]);
  const known = new Set<string>();
  const row = new StateRow();
  const kept = rows.flatMap((text) => {
    row.become(text);
    const [backend, server] = [row.cell(backendColumn), row.cell(serverColumn)];
    if (isRetiring(backend, server)) return [];
    if (newcomers.length > 0) known.add(serverKey(backend, server));
    const weight = weightOf(backend, server) ?? row.cell(initialWeight);
    return [row.with(cells.set(initialWeight, String(weight)))];
  });
  const added = newcomers
    .filter(({ backend, line }) => !known.has(serverKey(backend, line.name)))
    .map((one) => newcomerRow(names, one));
  return `${[version, heading, ...kept, ...added].join('\n')}\n`;
}

/** Those for whom nobody vouches, where HAProxy checks them. */
export function newcomersIn({ backends, servers }: Desired): readonly Newcomer[] {
  return backends.flatMap(({ backend, inheritedWords }) =>
    (servers.get(backend) ?? [])
      .filter(({ checkFirst }) => checkFirst === true)
      .filter(({ words }) => [...inheritedWords, ...words].includes('check'))
      .map((line) => ({ backend, line })),
  );
}

/** Those of format 1 that HAProxy reads; newer ones print more. */
const columns =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight ' +
  'srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state ' +
  'srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord';

/** Of no server. */
export const noServerStates = `1\n# ${columns}\n`;

/** With 0, unknown, HAProxy 2.6 takes the checks that pass for no change: it stays down for ever. */
const checkInitializing = 1;

/** As of a server whose checks are on and have failed; HAProxy finds it by its names. */
function newcomerRow(columns: readonly string[], { backend, line }: Newcomer): string {
  const colon = line.address.lastIndexOf(':');
  const id = idOf(line);
  const weight = weightOf(line) ?? 1;
  const values = new Map<string, string | number>([
    ['be_name', backend],
    ['srv_id', id ?? 0],
    ['srv_name', line.name],
    ['srv_addr', line.address.slice(0, colon).replace(/^\[(.*)\]$/, '$1')],
    ['srv_uweight', weight],
    ['srv_iweight', weight],
    ['srv_check_status', checkInitializing],
    ['srv_check_result', checkFailed],
    ['srv_check_state', checkConfigured | checkEnabled],
    ['srv_f_forced_id', id === undefined ? 0 : 1],
    ['srv_port', line.address.slice(colon + 1)],
    ...['srv_fqdn', 'srvrecord', 'srv_check_addr', 'srv_agent_addr'].map(
      (name) => [name, '-'] as const,
    ),
  ]);
  return columns.map((name) => values.get(name) ?? 0).join(' ');
}
