/** Files that somebody broke. */
import type { Fault } from './fault.ts';
import { doneAt, now } from './script.ts';

const folder = '/etc/smartstack';

/** Good text in other files, so that what is wrong is wrong in each of its own ways. */
const pushes = {
  'a mistake in a field': `sed -i -E 's/"(check_interval|instance_id|method)": *[^,]*/"\\1": ["soon"]/' FILE`,
  'half a file': 'truncate -s -20 FILE',
  'an unknown option': `sed -i '0,/{/s//{ "chekc_interval": 1,/' FILE`,
} as const;

export type Mistake = keyof typeof pushes;
export const mistakes = [
  'a mistake in a field',
  'half a file',
  'an unknown option',
] as const satisfies readonly Mistake[];

const refusal = '"event":"config-(refused|rejected)"';

/**
 * Pushed and reloaded, as a deployment does; the file is relative to /etc/smartstack. It counts as
 * broken once the daemon has refused it.
 */
export function badConfig(
  host: string,
  daemon: 'nerve' | 'synapse',
  file: string,
  mistake: Mistake,
): Fault {
  const path = `${folder}/${file}`;
  const kept = `/run/smartstack-drill-${daemon}-${file.replaceAll('/', '-')}`;
  return {
    what: `${mistake} in ${file}`,
    hosts: [host],
    logs: [new RegExp(refusal)],
    break: (inventory) =>
      doneAt(
        inventory,
        host,
        [
          `cursor=$(journalctl -q -u ${daemon} -n 1 --show-cursor | sed -n 's/^-- cursor: //p')`,
          `test -e ${kept} || cp -a ${path} ${kept}`,
          pushes[mistake].replaceAll('FILE', path),
          `if cmp -s ${path} ${kept}; then echo 'nothing is wrong in ${file}' >&2; exit 1; fi`,
          `systemctl reload ${daemon}`,
          `told() { journalctl -q -u ${daemon} -o cat --after-cursor="$cursor" | grep -qE '${refusal}'; }`,
          `for _ in $(seq 100); do told && break; sleep 0.1; done`,
          `told || { echo '${daemon} took ${file} with ${mistake}' >&2; exit 1; }`,
          now,
        ].join('\n'),
      ),
    heal: async ({ hosts }) => {
      await hosts.run(
        host,
        `if test -e ${kept}; then cp -a ${kept} ${path}; rm ${kept}; fi; systemctl reload ${daemon}`,
      );
    },
  };
}
