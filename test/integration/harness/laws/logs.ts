/** Law: the daemons log no error that the drill does not expect, and nothing that is no log line. */
import type { Inventory } from '../inventory.ts';
import type { LawViolation, LogExcerpt } from '../outcome.ts';

const units = ['nerve', 'synapse'] as const;
/** Of a unit: read, shown around a failure, and told as a violation. */
const mostLines = { read: 20_000, shown: 400, told: 50 } as const;

/** By the host's clock; a second is lost to journalctl's grain. */
function since({ clockAheadMs }: Inventory, host: string, fromMs: number): string {
  return `@${Math.floor((fromMs + (clockAheadMs[host] ?? 0)) / 1_000)}`;
}

export async function unexpectedErrors(
  inventory: Inventory,
  fromMs: number,
  expected: readonly RegExp[],
): Promise<readonly LawViolation[]> {
  const lists = await Promise.all(
    inventory.serviceHosts.map(async (host) => {
      const from = since(inventory, host, fromMs);
      const ask = units.map((unit) => `_SYSTEMD_UNIT=${unit}.service`).join(' + ');
      const output = await inventory.hosts.run(
        host,
        `journalctl -q --since ${from} -o cat ${ask} | grep -vE '^\\{.*"level":"(debug|info|warn)"' | head -n ${mostLines.read} || true`,
      );
      return output
        .split('\n')
        .filter((line) => line !== '' && !expected.some((one) => one.test(line)))
        .slice(0, mostLines.told)
        .map((what) => ({ law: 'daemons log no unexpected error', host, what }));
    }),
  );
  return lists.flat();
}

/**
 * What daemons and HAProxy itself said, without a line for each request. `moments`: when something
 * went wrong, which a unit that said too much is cut down to.
 */
export async function excerpts(
  inventory: Inventory,
  fromMs: number,
  moments: readonly number[],
): Promise<readonly LogExcerpt[]> {
  const lists = await Promise.all(
    inventory.serviceHosts.flatMap((host) =>
      ['nerve', 'synapse', 'haproxy'].map(async (unit) => {
        const from = since(inventory, host, fromMs);
        const output = await inventory.hosts.run(
          host,
          `journalctl -q --since ${from} -o short-unix -u ${unit} | grep -vE '"(GET|PUT) /|drill_echo drill_echo/' | head -n ${mostLines.read} || true`,
        );
        const lines = output.split('\n').flatMap((line) => parse(inventory, host, line));
        return { host, unit, lines: nearest(lines, moments, mostLines.shown) };
      }),
    ),
  );
  return lists.filter(({ lines }) => lines.length > 0);
}

/** The `most` that are closest in time to any of the moments, in their order; the first without one. */
export function nearest<T extends { readonly atMs: number }>(
  lines: readonly T[],
  moments: readonly number[],
  most: number,
): readonly T[] {
  if (lines.length <= most) return lines;
  const distance = ({ atMs }: T): number =>
    Math.min(...moments.map((moment) => Math.abs(moment - atMs)), Number.MAX_SAFE_INTEGER);
  const chosen = lines
    .map((line) => ({ line, away: distance(line) }))
    .sort((a, b) => a.away - b.away)
    .slice(0, most);
  return chosen.map(({ line }) => line).sort((a, b) => a.atMs - b.atMs);
}

function parse(
  { clockAheadMs }: Inventory,
  host: string,
  line: string,
): { readonly atMs: number; readonly text: string }[] {
  const [, seconds, text = ''] = /^(\d+\.\d+) \S+ (.*)$/.exec(line) ?? [];
  if (seconds === undefined) return [];
  return [{ atMs: Number(seconds) * 1_000 - (clockAheadMs[host] ?? 0), text }];
}
