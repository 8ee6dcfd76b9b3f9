/** A file system without room under the daemons. */
import type { Fault } from './fault.ts';
import { doneAt, now } from './script.ts';

const folder = '/var/lib/smartstack';
const filler = `${folder}/filler`;

/**
 * The daemons' folder moves onto a small file system that is full. What they wrote meanwhile is
 * lost with it, as it is with a disk that is replaced: what they kept before comes back.
 */
export function diskFull(host: string): Fault {
  return {
    what: 'disk full under the daemons',
    hosts: [host],
    logs: [/ENOSPC|no space left/i],
    break: (inventory) =>
      doneAt(
        inventory,
        host,
        [
          'copy=$(mktemp -d)',
          `cp -a ${folder}/. $copy`,
          `mount -t tmpfs -o size=1m,mode=0755 drill ${folder}`,
          `chown --reference=$copy ${folder}; cp -a $copy/. ${folder}; rm -rf $copy`,
          `dd if=/dev/zero of=${filler} bs=4k 2>/dev/null || true`,
          now,
        ].join('\n'),
      ),
    heal: async ({ hosts }) => {
      await hosts.run(
        host,
        `rm -f ${filler}; if mountpoint -q ${folder}; then copy=$(mktemp -d); cp -a ${folder}/. $copy; umount -l ${folder}; cp -a $copy/. ${folder}; rm -rf $copy; fi`,
      );
    },
  };
}
