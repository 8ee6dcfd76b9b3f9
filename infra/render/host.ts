/** Everything that is rendered for one host, sorted by what it belongs to. */
import { programOf } from '../catalog/queries.ts';
import type { Service } from '../catalog/schema.ts';
import type { Environment } from './environment.ts';
import { publicFile, type RenderedFile } from './file.ts';
import { nerveFile, nerveServiceFiles } from './nerve.ts';
import { serviceFolder, serviceUnit } from './service-unit.ts';
import { synapseFiles } from './synapse.ts';
import { speaksTls } from './tls.ts';
import { haproxyUnit, nerveUnit, synapseUnit } from './units.ts';
import { type RelayFiles, tunnelFiles } from './zookeeper-tls.ts';

export interface SourceFile {
  readonly content: string;
  readonly executable: boolean;
}

export type ReadSource = (path: string) => SourceFile;

export interface RunFiles {
  /** Where the instance listens. */
  readonly port: number;
  /** The unit, and what the service is made of. */
  readonly files: readonly RenderedFile[];
}

export interface ServiceHostFiles {
  readonly nerve: readonly RenderedFile[];
  /** The file that registers each service of this host, by the service's name. */
  readonly registrations: ReadonlyMap<string, RenderedFile>;
  readonly synapse: readonly RenderedFile[];
  readonly haproxy: readonly RenderedFile[];
  /** What brings nerve and synapse to ZooKeeper over TLS, where that is how they come. */
  readonly tunnel: RelayFiles | undefined;
  /** Whether it runs or reaches any service over TLS. */
  readonly speaksTls: boolean;
  /** Each service that is run here, by its name. */
  readonly services: ReadonlyMap<string, RunFiles>;
}

/**
 * For host after host of one environment.
 *
 * @param readSource A file that the catalog names, relative to the repository's root.
 */
export function serviceHostFiles(
  environment: Environment,
  readSource: ReadSource,
): (host: string) => ServiceHostFiles {
  const synapseFile = synapseFiles(environment);
  return (host) => ({
    nerve: [nerveUnit(), nerveFile(environment, host)],
    registrations: nerveServiceFiles(environment, host),
    synapse: [synapseUnit(), synapseFile(host)],
    haproxy: [haproxyUnit()],
    tunnel: tunnelFiles(environment),
    speaksTls: speaksTls(environment, host),
    services: new Map(
      Object.entries(environment.catalog.services)
        .filter(([, { on, run }]) => run !== undefined && on.includes(host))
        .map(([name, service]) => {
          const files = runFiles(name, host, service, readSource);
          return [name, { port: service.port, files }];
        }),
    ),
  });
}

function runFiles(
  name: string,
  host: string,
  service: Service,
  readSource: ReadSource,
): readonly RenderedFile[] {
  const { run } = service;
  if (run === undefined) return [];
  const program = programOf(run).file;
  const files = Object.entries(run.files).map(([file, source]) => {
    const { content, executable } = readSource(source);
    const written = publicFile(`${serviceFolder(name)}/${file}`, content);
    return executable || file === program ? { ...written, mode: '0755' } : written;
  });
  return [...files, serviceUnit(name, host, service, run)];
}
