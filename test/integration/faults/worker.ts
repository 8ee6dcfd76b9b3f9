/** A drill's own service misbehaves because it was told to. */
import { workers } from '../drills/catalog/services.ts';
import { type Inventory, serviceOf } from '../harness/inventory.ts';
import type { Fault } from './fault.ts';
import { doneAt, now } from './script.ts';

interface Wish {
  readonly health?: number;
  readonly delayMs?: number;
}

function tell({ outputs }: Inventory, service: string, wish: Wish): string {
  const { port } = serviceOf(outputs, service);
  const url = `http://127.0.0.1:${port}/control`;
  return `curl -sS -f -m 5 -o /dev/null -X PUT ${url} -d '${JSON.stringify(wish)}'`;
}

const good: Wish = { health: 200, delayMs: 0 };

/** Answers all the same, to whoever asks. */
export function unhealthy(host: string, status: number, service: string = workers): Fault {
  return told(host, service, { health: status }, `${service} answers ${status} on /health`);
}

/** Says at once that it is well, and takes its time for everything else. */
export function slow(host: string, delayMs: number, service: string = workers): Fault {
  return told(host, service, { delayMs }, `${service} answers after ${delayMs} ms`);
}

function told(host: string, service: string, wish: Wish, what: string): Fault {
  return {
    what,
    hosts: [host],
    break: (inventory) => doneAt(inventory, host, `${tell(inventory, service, wish)}; ${now}`),
    heal: (inventory) => inventory.hosts.run(host, tell(inventory, service, good)).then(() => {}),
  };
}
