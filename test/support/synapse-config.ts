import type { z } from 'zod';
import {
  parseSynapseConfig,
  type SynapseConfig,
  type synapseConfigSchema,
} from '../../agent/config/synapse.ts';

export type ConfigInput = z.input<typeof synapseConfigSchema>;
export type ServiceInput = NonNullable<ConfigInput['services']>[string];

/** A valid configuration with these services, defaults filled in. */
export function synapseConfig(
  services: Readonly<Record<string, ServiceInput>>,
  haproxy: Partial<NonNullable<ConfigInput['haproxy']>> = {},
): SynapseConfig {
  const result = parseSynapseConfig({
    services,
    haproxy: {
      global: ['maxconn 1000'],
      defaults: ['mode http'],
      config_file_path: '/cfg/haproxy.cfg',
      socket_file_path: '/run/haproxy.sock',
      master_socket_path: '/run/master.sock',
      ...haproxy,
    },
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}
