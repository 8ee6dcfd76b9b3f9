/** The clock of one daemon steps; the machine's own never does. */
import { z } from 'zod';
import type { Inventory } from '../harness/inventory.ts';
import type { Fault } from './fault.ts';
import { doneAt, now } from './script.ts';

const library = '/usr/lib/$(uname -m)-linux-gnu/faketime/libfaketimeMT.so.1';

/**
 * The unit is restarted under libfaketime, at the right time; `stepClock` then moves it. Only the
 * time of day steps: no kernel steps the monotonic clock.
 */
export function clockInHand(host: string, unit: string): Fault {
  const folder = `/run/systemd/system/${unit}.service.d`;
  const offset = offsetFile(unit);
  return {
    what: `the clock of ${unit} in our hands`,
    hosts: [host],
    restarts: [{ host, unit }],
    break: (inventory) =>
      doneAt(
        inventory,
        host,
        [
          `echo +0 > ${offset}; chmod 644 ${offset}; mkdir -p ${folder}`,
          `cat > ${folder}/clock.conf <<END`,
          '[Service]',
          `Environment=LD_PRELOAD=${library} FAKETIME_TIMESTAMP_FILE=${offset} FAKETIME_CACHE_DURATION=1 FAKETIME_DONT_FAKE_MONOTONIC=1`,
          'END',
          `systemctl daemon-reload; systemctl restart ${unit}; ${now}`,
        ].join('\n'),
      ),
    heal: async ({ hosts }) => {
      await hosts.run(
        host,
        `echo +0 > ${offset}; rm -f ${folder}/clock.conf; systemctl daemon-reload; systemctl restart ${unit}`,
      );
    },
  };
}

/** Such as `+3600` seconds; healed by the end of `clockInHand`. */
export function clockStepped(host: string, unit: string, seconds: string): Fault {
  const set = (value: string): string => `echo ${value} > ${offsetFile(unit)}`;
  return {
    what: `the clock of ${unit} steps by ${seconds} s`,
    hosts: [host],
    break: (inventory) => doneAt(inventory, host, `${set(seconds)}; ${now}`),
    heal: ({ hosts }) => hosts.run(host, set('+0')).then(() => {}),
  };
}

/** By how much a daemon's clock is ahead of its machine's, as the last line of its log has it. */
export async function clockAheadS(
  { hosts }: Inventory,
  host: string,
  unit: string,
): Promise<number> {
  const text = await hosts.run(host, `journalctl -q -u ${unit} -t node -n 1 -o json`);
  const { MESSAGE: line, __REALTIME_TIMESTAMP: writtenAtUs } = entry.parse(JSON.parse(text));
  const { time } = logLine.parse(JSON.parse(line));
  return (Date.parse(time) - Number(writtenAtUs) / 1_000) / 1_000;
}

const entry = z.object({ MESSAGE: z.string(), __REALTIME_TIMESTAMP: z.string() });
const logLine = z.object({ time: z.string() });

function offsetFile(unit: string): string {
  return `/run/smartstack-${unit}.clock`;
}

export async function withoutFaketime(
  { hosts }: Inventory,
  host: string,
): Promise<string | undefined> {
  const there = await hosts.run(host, `test -e ${library} && echo yes || echo no`);
  return there === 'yes' ? undefined : `${host} has no libfaketime (package faketime)`;
}
