/** What `npm run up` installs of a service for synapse, for tests that bring the rest. */
import { expect } from 'chai';
import type { z } from 'zod';
import { parseSynapseConfig } from '../../agent/config/synapse.ts';
import type { hostSchema, serviceSchema } from '../../infra/catalog/schema.ts';
import { validateCatalog } from '../../infra/catalog/validate.ts';
import type { Environment } from '../../infra/render/environment.ts';
import { synapseFiles } from '../../infra/render/synapse.ts';
import type { ConfigInput, ServiceInput } from './synapse-config.ts';

export type ServiceOptions = Partial<z.input<typeof serviceSchema>>;

type HostOptions = Partial<z.input<typeof hostSchema>>;

/** One host, `one`, which runs the services, and `two`, which consumes them too. */
export function environmentWith(
  services: Readonly<Record<string, ServiceOptions>>,
  { host = {}, ...rest }: { readonly host?: HostOptions; readonly statsd?: object } = {},
): Environment {
  const named = Object.entries(services).map(([name, service], index) => {
    const standard = { port: 8_001 + index, localPort: 4_001 + index, on: ['one'] };
    return [name, { ...standard, ...service }] as const;
  });
  const validated = validateCatalog(
    {
      environment: 'test',
      ensemble: { size: 1 },
      hosts: {
        zoo: { id: 1, roles: ['zookeeper'] },
        one: { id: 2, roles: ['service'], ...host },
        two: { id: 3, roles: ['service'], ...host },
      },
      services: Object.fromEntries(named),
      ...rest,
    },
    { deployed: {}, fileExists: () => true },
  );
  if (!validated.ok) return expect.fail(JSON.stringify(validated.problems));
  const addresses = new Map([
    ['zoo', '192.0.2.1'],
    ['one', '192.0.2.2'],
    ['two', '192.0.2.3'],
  ]);
  return { catalog: validated.catalog, addresses };
}

/** The whole of the host's file, valid for the agent. */
export function renderedConfig(environment: Environment, host = 'one'): ConfigInput {
  const config = JSON.parse(synapseFiles(environment)(host).content);
  expect(parseSynapseConfig(config)).to.include({ ok: true });
  return config;
}

/** Words and lines of one service with these options. */
export function renderedHaproxy(
  options: ServiceOptions,
): Pick<ServiceInput['haproxy'] & object, 'server_options' | 'frontend' | 'listen'> {
  const { services = {} } = renderedConfig(environmentWith({ web: options }));
  const { server_options, frontend, listen } = services.web?.haproxy ?? {};
  if (!server_options || !frontend || !listen) return expect.fail('incomplete');
  return { server_options, frontend, listen };
}
