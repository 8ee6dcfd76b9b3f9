import { join } from 'node:path';
import { build } from 'esbuild';
import { projectFolder } from '../project.ts';
import { type ArchiveEntry, contentHash } from './archive.ts';
import { nodeVersion } from './node-runtime.ts';
import { cachedRelease, type Release, type ReleaseOptions } from './release.ts';

export const agentPrograms = ['nerve', 'synapse'] as const;

// node-zookeeper-client and other CommonJS packages inside the bundle call require().
const requireShim = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`;

/**
 * The agent as hosts run it: `nerve.mjs` and `synapse.mjs`, each one file without dependencies but
 * Node. The hash follows from the bundled code. Throws esbuild's error where the code is wrong.
 */
export async function buildAgentRelease(options: ReleaseOptions = {}): Promise<Release> {
  const entries = await Promise.all(agentPrograms.map(bundle));
  return cachedRelease('agent', contentHash(entries), async () => entries, options);
}

async function bundle(program: string): Promise<ArchiveEntry> {
  const result = await build({
    absWorkingDir: projectFolder,
    entryPoints: [join('agent/bin', `${program}.ts`)],
    outfile: `${program}.mjs`,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: `node${nodeVersion.split('.')[0]}`,
    banner: { js: requireShim },
    // Not minified: stack traces in a host's journal stay readable.
    legalComments: 'inline',
    logLevel: 'silent',
  });
  const content = result.outputFiles[0]?.contents ?? new Uint8Array();
  return { path: `${program}.mjs`, mode: 0o644, content };
}
