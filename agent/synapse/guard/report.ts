/** Tells of every hold and of its end. */
import type { Logger } from '../../lib/logger.ts';
import { serverName } from '../instance.ts';
import type { KnownService } from '../known-service.ts';
import { type GuardState, type Held, placeOf, type Release } from './guard.ts';

/** `why`: where it was no answer of the source that ended a hold. */
export function reportGuard(
  logger: Logger,
  service: string,
  before: GuardState,
  { guard, departed, found }: KnownService,
  why?: Release,
): void {
  if (before.held.length + guard.held.length === 0) return;
  for (const { instance, untilMs } of without(guard.held, before.held)) {
    const until = new Date(untilMs).toISOString();
    logger.warn('instance-guarded', { service, server: serverName(instance), until });
  }
  const said = new Set(departed.map(({ instance }) => placeOf(instance)));
  const there = new Set(found?.instances.map(placeOf));
  for (const { instance } of without(before.held, guard.held)) {
    const place = placeOf(instance);
    const reason = why ?? reasonOf(there.has(place), said.has(place));
    logger.info('instance-released', { service, server: serverName(instance), reason });
  }
}

/** By what the source says of the instance. */
function reasonOf(isThere: boolean, hasLeft: boolean): Release {
  if (isThere) return 'returned';
  return hasLeft ? 'announced' : 'ended';
}

function without(held: readonly Held[], others: readonly Held[]): readonly Held[] {
  const places = new Set(others.map(({ instance }) => placeOf(instance)));
  return held.filter(({ instance }) => !places.has(placeOf(instance)));
}
