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
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...missing.map((path) => ({ path, message: 'is in the catalog, and no machine has the name' })),
    ...extra.map((path) => ({ path, message: 'is no host of the catalog; add it there' })),
    ...twice.map((path) => ({ path, message: 'is the name of two machines; keep one' })),
    ...sharedAddresses(given),
  ];
}

/** One machine under two names: whoever takes one of them away would clear the other, too. */
export function sharedAddresses(
  given: readonly Pick<Host, 'name' | 'address'>[],
): readonly Problem[] {
  return repeated(given, ({ address }) => address).map(({ name, first }) => ({
    path: `${name}.address`,
    message: `is that of ${first}, too; give each host a machine of its own`,
  }));
}

/** The same for ssh: a bastion may lead to one address in two networks. */
export function sharedWays(
  given: readonly Pick<Host, 'name' | 'connection'>[],
): readonly Problem[] {
  return repeated(given, wayTo).map(({ name, first }) => ({
    path: name,
    message: `is reached by ssh as ${first} is; give each host a machine of its own`,
  }));
}

function wayTo({ connection }: Pick<Host, 'connection'>): string {
  const { host, port, proxy } = connection;
  return JSON.stringify([host, port, proxy?.host, proxy?.port]);
}

function repeated<Given extends Pick<Host, 'name'>>(
  given: readonly Given[],
  keyOf: (host: Given) => string,
): readonly { readonly name: string; readonly first: string }[] {
  return given.flatMap((host) => {
    const first = given.find((other) => keyOf(other) === keyOf(host))?.name ?? host.name;
    return first === host.name ? [] : [{ name: host.name, first }];
  });
}
