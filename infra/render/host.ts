/** Everything that is rendered for one host, sorted by what it belongs to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '../catalog/schema.ts';
import type { Environment } from './environment.ts';
import { publicFile, type RenderedFile } from './file.ts';
import { nerveFile, nerveServiceFiles } from './nerve.ts';
import { synapseFile } from './synapse.ts';
import { haproxyUnit, nerveUnit, serviceFolder, serviceUnit, synapseUnit } from './units.ts';

export interface ServiceHostFiles {
  readonly nerve: readonly RenderedFile[];
  /** The file that registers each service of this host, by the service's name. */
  readonly registrations: ReadonlyMap<string, RenderedFile>;
  readonly synapse: readonly RenderedFile[];
  readonly haproxy: readonly RenderedFile[];
  /** Unit and files of each service that is run here, by its name. */
  readonly services: ReadonlyMap<string, readonly RenderedFile[]>;
}

/** @param root The repository, to which the catalog's file names are relative. */
export function serviceHostFiles(
  environment: Environment,
  host: string,
  root: string,
): ServiceHostFiles {
  return {
    nerve: [nerveUnit(), nerveFile(host)],
    registrations: nerveServiceFiles(environment, host),
    synapse: [synapseUnit(), synapseFile(environment, host)],
    haproxy: [haproxyUnit()],
    services: new Map(
      Object.entries(environment.catalog.services)
        .filter(([, { on, run }]) => run !== undefined && on.includes(host))
        .map(([name, service]) => [name, runFiles(name, host, service, root)]),
    ),
  };
}

function runFiles(
  name: string,
  host: string,
  { port, run }: Service,
  root: string,
): readonly RenderedFile[] {
  if (run === undefined) return [];
  const files = Object.entries(run.files).map(([file, source]) =>
    publicFile(`${serviceFolder(name)}/${file}`, readFileSync(join(root, source), 'utf8')),
  );
  return [...files, serviceUnit(name, host, port, run)];
}
