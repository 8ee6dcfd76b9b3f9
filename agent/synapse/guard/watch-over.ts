/** What becomes of the instances that the guard holds, by HAProxy's checks. */
import type { Look } from '../haproxy/observe.ts';
import type { Sections } from '../haproxy/sections.ts';
import { serverName } from '../instance.ts';
import type { Member } from '../select.ts';
import type { ServiceBook } from '../service-book.ts';
import type { Release } from './guard.ts';
import { judge } from './judge.ts';

/** After a look at what runs, which says nothing of backends that were not looked at. */
export function watchOver(
  book: ServiceBook,
  { backends }: Sections,
  { of, index }: Pick<Look, 'of' | 'index'>,
): void {
  const guarded = book.guarded();
  if (guarded.size === 0) return;
  for (const [service, members] of guarded) {
    const backend = backends.find((one) => one.service === service)?.backend;
    if (of !== 'all' && (backend === undefined || !of.has(backend))) continue;
    const verdict = ({ instance }: Member): Release | undefined =>
      // Without a backend in HAProxy nobody checks it.
      backend === undefined ? 'unchecked' : judge(index.get(backend)?.get(serverName(instance)));
    for (const [why, released] of Map.groupBy(members, verdict)) {
      const held = released.flatMap((one) => (one.guarded === undefined ? [] : [one.guarded]));
      if (why !== undefined) book.release(service, held, why);
    }
  }
}
