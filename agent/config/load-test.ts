/** `load_test_concurrency`: a service as many times over, to see what a registry can take. Pure. */

interface Multiplied {
  readonly load_test_concurrency?: number | undefined;
  readonly haproxy: { readonly backend_name?: string | undefined };
  readonly nginx: { readonly upstream_name?: string | undefined };
}

/** Such as `web_0`, `web_1`; they share the port of `web`, as in the original. */
export function multiplyServices<S extends Multiplied>(
  services: Readonly<Record<string, S>>,
): Readonly<Record<string, S>> {
  return Object.fromEntries(
    Object.entries(services).flatMap(([name, service]): readonly (readonly [string, S])[] => {
      const { load_test_concurrency: count } = service;
      if (count === undefined) return [[name, service]];
      return Array.from({ length: count }, (_, index) => [
        `${name}_${index}`,
        withOwnNames(service, index),
      ]);
    }),
  );
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
