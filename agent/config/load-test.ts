/** `load_test_concurrency`: a service as many times over, to see what a registry can take. Pure. */

interface Multiplied {
  readonly load_test_concurrency?: number | undefined;
  readonly haproxy: { readonly backend_name?: string | undefined };
  readonly nginx: { readonly upstream_name?: string | undefined };
}

/** A service as it runs. */
export interface Copy<S> {
  readonly name: string;
  /** The service of the configuration that it comes from. */
  readonly owner: string;
  readonly service: S;
}

/** Such as `web_0`, `web_1`; they share the port of `web`, as in the original. */
export function copiesOf<S extends Multiplied>(
  services: Readonly<Record<string, S>>,
): readonly Copy<S>[] {
  return Object.entries(services).flatMap(([owner, service]): readonly Copy<S>[] => {
    const { load_test_concurrency: count } = service;
    if (count === undefined) return [{ name: owner, owner, service }];
    return Array.from({ length: count }, (_, index) => ({
      name: `${owner}_${index}`,
      owner,
      service: withOwnNames(service, index),
    }));
  });
}

export function multiplyServices<S extends Multiplied>(
  services: Readonly<Record<string, S>>,
): Readonly<Record<string, S>> {
  return Object.fromEntries(copiesOf(services).map(({ name, service }) => [name, service]));
}

/** HAProxy and nginx take each name of a backend once. */
function withOwnNames<S extends Multiplied>(service: S, index: number): S {
  const { haproxy, nginx } = service;
  const backend_name = haproxy.backend_name && `${haproxy.backend_name}_${index}`;
  const upstream_name = nginx.upstream_name && `${nginx.upstream_name}_${index}`;
  return {
    ...service,
    haproxy: { ...haproxy, ...(backend_name === undefined ? {} : { backend_name }) },
    nginx: { ...nginx, ...(upstream_name === undefined ? {} : { upstream_name }) },
  };
}
