/** Law: the daemons log no error that the drill does not expect, and nothing that is no log line. */
import type { Inventory } from '../inventory.ts';
import type { LawViolation, LogExcerpt } from '../outcome.ts';

const units = ['nerve', 'synapse'] as const;
const mostLines = 400;

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
        `journalctl -q --since ${from} -o cat ${ask} | grep -vE '^\\{.*"level":"(debug|info|warn)"' | head -n 50 || true`,
      );
      return output
        .split('\n')
        .filter((line) => line !== '' && !expected.some((one) => one.test(line)))
        .map((what) => ({ law: 'daemons log no unexpected error', host, what }));
    }),
  );
  return lists.flat();
}

/** What daemons and HAProxy itself said, without a line for each request. */
export async function excerpts(
  inventory: Inventory,
  fromMs: number,
): Promise<readonly LogExcerpt[]> {
  const lists = await Promise.all(
    inventory.serviceHosts.flatMap((host) =>
      ['nerve', 'synapse', 'haproxy'].map(async (unit) => {
        const from = since(inventory, host, fromMs);
        const output = await inventory.hosts.run(
          host,
          `journalctl -q --since ${from} -o short-unix -u ${unit} | grep -vE '"(GET|PUT) /|drill_echo drill_echo/' | head -n ${mostLines} || true`,
        );
        return {
          host,
          unit,
          lines: output.split('\n').flatMap((line) => parse(inventory, host, line)),
        };
      }),
    ),
  );
  return lists.filter(({ lines }) => lines.length > 0);
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
