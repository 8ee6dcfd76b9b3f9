import { echo, secured, workers } from '../drills/catalog/services.ts';
import type { Flow, TrafficKind, TrafficPlan } from '../traffic/record.ts';
import { type Inventory, serviceOf } from './inventory.ts';

type Share = readonly [service: string, kind: TrafficKind, perSecond: number, path: string];

/** A third of what two cores do at their ease beside six hosts and all that runs there. */
const shares: readonly Share[] = [
  [workers, 'http-keepalive', 8, '/ping'],
  [workers, 'http-fresh', 8, '/ping'],
  [echo, 'tcp-fresh', 8, ''],
  [echo, 'tcp-held', 4, ''],
  [secured, 'http-fresh', 4, '/ping'],
  ['service_a', 'http-fresh', 6, '/ping'],
  // It asks service_a in turn.
  ['service_b', 'http-keepalive', 3, '/'],
];

export const giveUpMs = 10_000;

/** From every host, to every service in every way. */
export function standardTraffic(inventory: Inventory): TrafficPlan {
  const { services } = inventory.outputs;
  return shares
    .filter(([service]) => service in services)
    .flatMap(([service, kind, perSecond, path]) =>
      flows(inventory, { service, kind, perSecond, path }),
    );
}

export function flows(
  inventory: Inventory,
  { service, ...rest }: Pick<Flow, 'service' | 'kind' | 'perSecond' | 'path'>,
): TrafficPlan {
  const { consumers, localPort } = serviceOf(inventory.outputs, service);
  return consumers.map((host) => ({ host, service, localPort, giveUpMs, ...rest }));
}
