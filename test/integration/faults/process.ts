/** Daemons and services that die, are stopped, hang, or stay dead. */
import { echo } from '../drills/catalog/services.ts';
import type { Inventory } from '../harness/inventory.ts';
import type { Fault } from './fault.ts';
import { askedAt, doneAt, now } from './script.ts';

/** Whether TCP connections of the traffic go through it: all other services speak HTTP. */
const carries = (unit: string): boolean => [echo, 'haproxy'].includes(unit);
const mainPid = (unit: string): string => `$(systemctl show -P MainPID ${unit})`;

/** The kernel closes its sockets some milliseconds after the signal. */
const die = 'kill -9 $pid; while kill -0 $pid 2>/dev/null; do sleep 0.005; done';

/** Dies; systemd brings it back. */
export function killed(host: string, unit: string): Fault {
  return {
    what: `kill -9 of ${unit}`,
    hosts: [host],
    restarts: [{ host, unit }],
    cutsConnections: carries(unit),
    break: (inventory) => doneAt(inventory, host, `pid=${mainPid(unit)}; ${die}; ${now}`),
    heal: ({ hosts }) => hosts.run(host, `systemctl start ${unit}`).then(() => {}),
  };
}

/** Dies, and nobody brings it back. */
export function killedForGood(host: string, unit: string): Fault {
  const folder = `/run/systemd/system/${unit}.service.d`;
  const stays = `mkdir -p ${folder}; printf '[Service]\\nRestart=no\\n' > ${folder}/drill.conf`;
  return {
    what: `kill -9 of ${unit} for good`,
    hosts: [host],
    restarts: [{ host, unit }],
    cutsConnections: carries(unit),
    break: (inventory) =>
      doneAt(
        inventory,
        host,
        `${stays}; systemctl daemon-reload; pid=${mainPid(unit)}; ${die}; ${now}`,
      ),
    heal: async ({ hosts }) => {
      const back = `rm -rf ${folder}; systemctl daemon-reload; systemctl reset-failed ${unit} || true`;
      await hosts.run(host, `${back}; systemctl start ${unit}`);
    },
  };
}

/** Stopped in good order; the moment is when that was asked. */
export function stopped(host: string, unit: string): Fault {
  return {
    what: `systemctl stop ${unit}`,
    hosts: [host],
    restarts: [{ host, unit }],
    cutsConnections: carries(unit),
    break: (inventory) => askedAt(inventory, host, `systemctl stop ${unit}`),
    heal: ({ hosts }) => hosts.run(host, `systemctl start ${unit}`).then(() => {}),
  };
}

export function restarted(host: string, unit: string): Fault {
  return {
    what: `systemctl restart ${unit}`,
    hosts: [host],
    restarts: [{ host, unit }],
    cutsConnections: carries(unit),
    break: (inventory) => askedAt(inventory, host, `systemctl restart ${unit}`),
    heal: ({ hosts }) => hosts.run(host, `systemctl start ${unit}`).then(() => {}),
  };
}

/** Accepts connections, and never says a word: the kernel does the first for it. */
export function frozen(host: string, unit: string): Fault {
  const signal = (name: string): string => `systemctl kill --kill-whom=all -s ${name} ${unit}`;
  return {
    what: `${unit} accepts and never answers`,
    hosts: [host],
    break: (inventory) => doneAt(inventory, host, `${signal('STOP')}; ${now}`),
    heal: ({ hosts }) => hosts.run(host, signal('CONT')).then(() => {}),
  };
}

/** When an instance takes connections again. */
export function answersAgain(inventory: Inventory, host: string, port: number): Promise<number> {
  const opens = `(exec 3<> /dev/tcp/127.0.0.1/${port}) 2>/dev/null`;
  return doneAt(
    inventory,
    host,
    `timeout 30 bash -c 'until ${opens}; do sleep 0.02; done'; ${now}`,
  );
}

/** A signal that may end it, or not: nothing is left to heal but to start it. */
export function signalled(host: string, unit: string, signal: string): Fault {
  return {
    what: `SIG${signal} for ${unit}`,
    hosts: [host],
    restarts: [{ host, unit }],
    break: (inventory) =>
      doneAt(inventory, host, `systemctl kill --kill-whom=main -s ${signal} ${unit}; ${now}`),
    heal: ({ hosts }) => hosts.run(host, `systemctl start ${unit}`).then(() => {}),
  };
}
