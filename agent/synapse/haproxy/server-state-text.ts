/**
 * What HAProxy is to load with its file: the states of its servers, from its own answer to `show
 * servers state`. Source: `src/server_state.c`, and `server-state-file` in its manual.
 */

export interface ServerStateOptions {
  readonly isRetiring: (backend: string, server: string) => boolean;
  /** By the line that the server was made from or given since; `undefined`: it is not ours. */
  readonly weightOf: (backend: string, server: string) => number | undefined;
}

/**
 * Leaves out the servers that synapse is retiring: their maintenance is not an operator's and must
 * not outlive them. A weight that somebody set is kept by HAProxy where `srv_iweight` says what the
 * file says: it must name the weight that synapse gave, whatever the server was first made with.
 * Without the column that only counts time, two equal situations give equal texts.
 */
export function serverStateText(
  serversState: string,
  { isRetiring, weightOf }: ServerStateOptions,
): string {
  const [version = '1', heading = '', ...rows] = serversState.trimEnd().split('\n');
  const names = heading.split(' ').slice(1);
  const time = names.indexOf('srv_time_since_last_change');
  const initialWeight = names.indexOf('srv_iweight');
  // No further than needed: there may be tens of thousands of rows, each with two dozen cells.
  const width = Math.max(3, time, initialWeight) + 1;
  const kept = rows.flatMap((row) => {
    const cells = row.split(' ', width);
    const rest = row.slice(cells.join(' ').length);
    const [, backend = '', , server = ''] = cells;
    if (isRetiring(backend, server)) return [];
    const weight = weightOf(backend, server);
    if (time >= 0) cells[time] = '0';
    if (initialWeight >= 0 && weight !== undefined) cells[initialWeight] = String(weight);
    return [`${cells.join(' ')}${rest}`];
  });
  return `${[version, heading, ...kept].join('\n')}\n`;
}
