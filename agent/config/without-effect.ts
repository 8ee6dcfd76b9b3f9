/** Options of the originals that are accepted, so that their files load, and do nothing here. */
import type { NerveConfig } from './nerve.ts';
import type { ReporterConfig } from './nerve-reporters.ts';
import type { ServiceConfig, SynapseConfig } from './synapse.ts';
import { type SourceDiscovery, sourcesOf } from './synapse-discovery.ts';

/** Those that the configuration gives, such as `max_repeated_report_failures`. */
export function nerveOptionsWithoutEffect(config: NerveConfig): readonly string[] {
  return [
    ...given('', config, ['max_repeated_report_failures']),
    ...Object.entries(config.services).flatMap(([name, { reporters }]) =>
      reporters.some(isTouchedInVain) ? [`services.${name}.ttl_seconds`] : [],
    ),
  ];
}

/** Nobody renews what goes with its session. */
function isTouchedInVain(reporter: ReporterConfig): boolean {
  return (
    reporter.reporter_type === 'zookeeper' &&
    reporter.node_type.startsWith('ephemeral') &&
    typeof reporter.ttl_seconds === 'number'
  );
}

/** Those that the configuration gives, such as `haproxy.state_file_path`. */
export function synapseOptionsWithoutEffect(config: SynapseConfig): readonly string[] {
  return [
    ...given('haproxy.', config.haproxy, ['state_file_path', 'state_file_ttl']),
    ...Object.entries(config.services).flatMap(([name, service]) =>
      ofService(`services.${name}.`, service),
    ),
  ];
}

function ofService(path: string, { discovery }: ServiceConfig): readonly string[] {
  const ofSources = sourcesOf(discovery).flatMap((source) => ofSource(`${path}discovery.`, source));
  return [...new Set(ofSources)];
}

function ofSource(path: string, source: SourceDiscovery): readonly string[] {
  if (!('retry_policy' in source)) return [];
  const { decode, retry_policy } = source;
  return [
    ...(decode.method === 'nerve' ? given(`${path}decode.`, decode, ['endpoint_name']) : []),
    ...given(`${path}retry_policy.`, retry_policy, ['max_attempts', 'max_delay']),
  ];
}

function given<T extends object>(
  path: string,
  options: T,
  names: readonly (keyof T & string)[],
): readonly string[] {
  return names.filter((name) => options[name] !== undefined).map((name) => `${path}${name}`);
}
