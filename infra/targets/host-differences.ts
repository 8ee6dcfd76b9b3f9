import type { Problem } from '../../agent/config/parse.ts';
import type { Catalog } from '../catalog/schema.ts';
import type { Host } from './host.ts';

/** How machines are not those of the catalog; nothing where they are. */
export function hostDifferences(
  { hosts: wanted }: Pick<Catalog, 'hosts'>,
  given: readonly Pick<Host, 'name' | 'address'>[],
): readonly Problem[] {
  const names = given.map(({ name }) => name);
  const missing = Object.keys(wanted).filter((name) => !names.includes(name));
  const extra = names.filter((name) => !Object.hasOwn(wanted, name));
  const twice = repeated(given, ({ name }) => name);
  return [
    ...missing.map((path) => ({ path, message: 'is in the catalog, and no machine has the name' })),
    ...extra.map((path) => ({ path, message: 'is no host of the catalog; add it there' })),
    ...twice.map(({ host }) => ({
      path: host.name,
      message: 'is the name of two machines; keep one',
    })),
    ...sharedAddresses(given),
  ];
}

/** One machine under two names: whoever takes one of them away would clear the other, too. */
export function sharedAddresses(
  given: readonly Pick<Host, 'name' | 'address'>[],
): readonly Problem[] {
  return shared(given, ({ address }) => address).map(({ host, first }) => ({
    path: `${host.name}.address`,
    message: `is that of ${first.name}, too; give each host a machine of its own`,
  }));
}

/** The same for ssh: a bastion may lead to one address in two networks. */
export function sharedWays(
  given: readonly Pick<Host, 'name' | 'connection'>[],
): readonly Problem[] {
  return shared(given, wayTo).map(({ host, first }) => ({
    path: host.name,
    message: `is reached by ssh as ${first.name} is; give each host a machine of its own`,
  }));
}

function wayTo({ connection }: Pick<Host, 'connection'>): string {
  const { host, port, proxy } = connection;
  return JSON.stringify([host, port, proxy?.host, proxy?.port]);
}

interface Repetition<Given> {
  readonly host: Given;
  readonly first: Given;
}

/** Two of one name are told of as such. */
function shared<Given extends Pick<Host, 'name'>>(
  given: readonly Given[],
  keyOf: (host: Given) => string,
): readonly Repetition<Given>[] {
  return repeated(given, keyOf).filter(({ host, first }) => host.name !== first.name);
}

/** Those that have the key of an earlier one. */
function repeated<Given>(
  given: readonly Given[],
  keyOf: (host: Given) => string,
): readonly Repetition<Given>[] {
  const byKey = new Map<string, Given>();
  return given.flatMap((host) => {
    const key = keyOf(host);
    const first = byKey.get(key);
    if (first === undefined) byKey.set(key, host);
    return first === undefined ? [] : [{ host, first }];
  });
}
