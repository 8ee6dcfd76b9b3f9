import { eventually } from '../../support/eventually.ts';
import type { Proxied } from './proxied.ts';

/** Service → the addresses (`127.0.0.1:80`) that should take its requests. */
export type Expected = ReadonlyMap<string, ReadonlySet<string>>;

/** Resolves to how long it took until HAProxy had exactly these, ready for requests. */
export async function untilServing(
  { haproxy }: Pick<Proxied, 'haproxy'>,
  expected: Expected,
): Promise<number> {
  const startMs = performance.now();
  await eventually(
    async () => {
      const ready = (await haproxy.servers()).filter(({ admin, up }) => admin === 'ready' && up);
      const actual = Map.groupBy(ready, ({ backend }) => backend);
      for (const [service, addresses] of expected) {
        const found = (actual.get(service) ?? []).map(({ address, port }) => `${address}:${port}`);
        const wrong = addresses.symmetricDifference(new Set(found));
        if (wrong.size > 0) throw new Error(`${service} is wrong in ${[...wrong].join(', ')}`);
      }
    },
    { deadlineMs: 15_000, pollMs: 5 },
  );
  return performance.now() - startMs;
}
