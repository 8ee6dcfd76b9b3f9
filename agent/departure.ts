/**
 * How an instance leaves ZooKeeper on purpose: in the transaction that deletes its node, a node of
 * the same name is created below a sibling of the service's path, which the Ruby originals never
 * look at. A session that ends takes the instance's node without leaving anything there.
 *
 *   /production/services/web/services           node_1_0000000042   gone
 *   /production/services/web/services_departed  node_1_0000000042   {"reason":"drained",…}
 *
 * A name with ZooKeeper's sequence number is used once: the announcement can explain no other
 * node's absence. Names without one are used again and again, by Ruby's nerve too, which takes no
 * announcement back; instances with such nodes leave unannounced.
 */
import { Buffer } from 'node:buffer';
import { parseChildName, parseRegistration } from './registration.ts';

/** Why an instance leaves the registry on purpose; a session that vanishes gives no reason. */
export type DepartureReason =
  /** Its checks fail, or the service said that it is unhealthy. */
  | 'failing'
  /** An operator's drain or announced downtime. */
  | 'drained'
  /** nerve stops. */
  | 'stopped'
  /** No longer configured, or the time of a dynamic registration ran out. */
  | 'removed';

const reasons: readonly DepartureReason[] = ['failing', 'drained', 'stopped', 'removed'];

/** Whose departure; `name` is the instance id. */
export interface Departed {
  readonly host: string;
  readonly port: number;
  readonly name: string;
}

export interface Departure extends Departed {
  /** `undefined` for one that only a later version knows. */
  readonly reason: DepartureReason | undefined;
}

/** Where the departures from a service's path are announced. */
export function departedPath(path: string): string {
  return `${path}_departed`;
}

/** `undefined` for a node whose name may be used again. */
export function announcementPath(nodePath: string): string | undefined {
  const slash = nodePath.lastIndexOf('/');
  const child = nodePath.slice(slash + 1);
  const parsed = parseChildName(child);
  if (parsed.kind === 'invalid' || parsed.sequence === undefined) return undefined;
  return `${departedPath(nodePath.slice(0, slash))}/${child}`;
}

export function encodeDeparture({ reason, host, port, name }: Departure): Buffer {
  return Buffer.from(JSON.stringify({ reason, host, port, name }));
}

/** Untrusted input (law 6); `undefined` for what is no departure. */
export function parseDeparture(data: Buffer): Departure | undefined {
  const parsed = parseRegistration(data);
  if (!parsed.ok) return undefined;
  const { host, port, name } = parsed.registration;
  const value: unknown = JSON.parse(data.toString());
  const reason: unknown = Reflect.get(Object(value), 'reason');
  return { reason: reasons.find((one) => one === reason), host, port, name };
}
