import type { Fault } from './fault.ts';

/** Several at one moment, as one. */
export function together(what: string, faults: readonly Fault[]): Fault {
  return {
    what,
    hosts: [...new Set(faults.flatMap(({ hosts }) => hosts))],
    cutsConnections: faults.some(({ cutsConnections }) => cutsConnections === true),
    restarts: faults.flatMap(({ restarts = [] }) => restarts),
    reloads: faults.flatMap(({ reloads = [] }) => reloads),
    logs: faults.flatMap(({ logs = [] }) => logs),
    mayFail: (record) => faults.some(({ mayFail }) => mayFail?.(record) === true),
    failures: faults.flatMap(({ failures = [] }) => failures),
    break: async (inventory) =>
      Math.max(...(await Promise.all(faults.map((fault) => fault.break(inventory))))),
    heal: async (inventory) => {
      const ends = await Promise.allSettled(faults.map((fault) => fault.heal(inventory)));
      const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      if (errors.length > 0) throw new AggregateError(errors, `could not heal: ${what}`);
    },
  };
}
