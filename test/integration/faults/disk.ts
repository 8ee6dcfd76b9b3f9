/** A file system without room under the daemons. */
import type { Fault } from './fault.ts';
import { doneAt, now } from './script.ts';

const folder = '/var/lib/smartstack';
const small = '/run/smartstack-drill-disk';

/** Each daemon has a view of its own of the file systems: it is changed there, and for the host. */
const everywhere = [
  'views() {',
  '  echo 1; for unit in nerve synapse haproxy; do systemctl show -P MainPID $unit; done',
  '}',
  `in_all() { for pid in $(views); do test $pid = 0 || nsenter -m -t $pid -- "$@"; done; }`,
].join('\n');

/** What they keep is copied there and back: nothing is lost but what finds no room. */
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
          everywhere,
          `mkdir -p ${small}; mount -t tmpfs -o size=1m,mode=0755 drill ${small}`,
          `chown --reference=${folder} ${small}; cp -a ${folder}/. ${small}`,
          `in_all mount --bind ${small} ${folder}`,
          `dd if=/dev/zero of=${small}/filler bs=4k 2>/dev/null || true`,
          now,
        ].join('\n'),
      ),
    heal: async ({ hosts }) => {
      await hosts.run(
        host,
        [
          everywhere,
          `mountpoint -q ${small} || exit 0`,
          `rm -f ${small}/filler`,
          `in_all sh -c 'while grep -q " ${folder} tmpfs" /proc/self/mounts; do umount -l ${folder}; done'`,
          `cp -a ${small}/. ${folder}; umount -l ${small}`,
        ].join('\n'),
      );
    },
  };
}
