import type { GeneratedService } from '../../agent/synapse/generators/generator.ts';
import type { Instance } from '../../agent/synapse/instance.ts';
import { type ServiceInput, synapseConfig } from './synapse-config.ts';

/** A service as generators see it: `web` unless it says otherwise. */
export function generatedService(
  instances: readonly Instance[],
  options: Partial<ServiceInput> & { readonly name?: string; readonly isKnown?: boolean } = {},
): GeneratedService {
  const { name = 'web', isKnown = true, ...input } = options;
  const config = synapseConfig({ [name]: { discovery: { method: 'base' }, ...input } });
  const service = config.services[name];
  if (service === undefined) throw new Error('not there');
  return { name, config: service, instances, isKnown };
}

export function instance(name: string, port: number, more: Partial<Instance> = {}): Instance {
  return { host: '10.0.0.1', port, name, labels: {}, ...more };
}
