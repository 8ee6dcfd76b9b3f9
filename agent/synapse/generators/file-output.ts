/**
 * `file_output`: each service's instances as a JSON file, for programs that find their way by
 * themselves. Original: `lib/synapse/config_generator/file_output.rb`.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { FileOutputOptions } from '../../config/synapse-generators.ts';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import type { Instance } from '../instance.ts';
import type { GeneratedService, Generator, GeneratorPass } from './generator.ts';

/** Which files are ours, so that those of others in the directory are left alone. */
const listName = '.synapse-files';
const listSchema = z.array(z.string().regex(/^[^/]+\.json$/));

export function createFileOutput({ output_directory }: FileOutputOptions): Generator {
  return {
    name: 'file_output',
    pass: async (services) => {
      await mkdir(output_directory, { recursive: true });
      await writeAll(
        output_directory,
        services.filter(({ config }) => !config.file_output.disabled),
      );
      return done;
    },
  };
}

const done: GeneratorPass = { againInMs: undefined, waitingFor: undefined, rejected: [] };

async function writeAll(folder: string, services: readonly GeneratedService[]): Promise<void> {
  const wanted = services.map(fileName);
  const before = await readList(folder);
  // In the list first: a kill in between leaves no file that nobody feels responsible for.
  await writeList(folder, [...before, ...wanted]);
  for (const service of services) {
    // Not known is not empty (law 2): what the file says stays.
    if (!service.isKnown) continue;
    await writeFileAtomically(join(folder, fileName(service)), contentOf(service.instances));
  }
  const obsolete = before.filter((name) => !wanted.includes(name));
  for (const name of obsolete) await rm(join(folder, name), { force: true });
  await writeList(folder, wanted);
}

function fileName({ name }: GeneratedService): string {
  return `${name}.json`;
}

/** A missing or damaged list claims nothing. */
async function readList(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, listName), 'utf8').catch(() => '[]');
  try {
    return listSchema.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

async function writeList(folder: string, names: readonly string[]): Promise<void> {
  const text = JSON.stringify([...new Set(names)].sort());
  await writeFileAtomically(join(folder, listName), `${text}\n`);
}

/** The fields that the original's ZooKeeper watcher gives its backends; `draining` is ours. */
function contentOf(instances: readonly Instance[]): string {
  const backends = instances.map(({ name, host, port, sequence, weight, ...rest }) => ({
    name: name ?? null,
    host,
    port,
    id: sequence ?? null,
    weight: weight ?? null,
    haproxy_server_options: rest.serverOptions ?? null,
    labels: rest.labels,
    ...(rest.draining === true ? { draining: true } : {}),
  }));
  return JSON.stringify(backends);
}
