/** Files that somebody broke. */
import type { Fault } from './fault.ts';
import { doneAt, now } from './script.ts';

const folder = '/etc/smartstack';

/** Good text in other files, so that what is wrong is wrong in each of its own ways. */
const pushes = {
  'a mistake in a field': `sed -i 's/"check_interval": *[0-9.]*/"check_interval": "soon"/' FILE`,
  'half a file': 'truncate -s -20 FILE',
  'an unknown option': `sed -i '0,/{/s//{ "chekc_interval": 1,/' FILE`,
} as const;

export type Mistake = keyof typeof pushes;
export const mistakes = [
  'a mistake in a field',
  'half a file',
  'an unknown option',
] as const satisfies readonly Mistake[];

/** Pushed and reloaded, as a deployment does; the file is relative to /etc/smartstack. */
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
    logs: [/"event":"config-(refused|rejected)"/],
    break: (inventory) =>
      doneAt(
        inventory,
        host,
        `test -e ${kept} || cp -a ${path} ${kept}\n${pushes[mistake].replaceAll('FILE', path)}\n` +
          `systemctl reload ${daemon}\n${now}`,
      ),
    heal: async ({ hosts }) => {
      await hosts.run(
        host,
        `if test -e ${kept}; then cp -a ${kept} ${path}; rm ${kept}; fi; systemctl reload ${daemon}`,
      );
    },
  };
}
