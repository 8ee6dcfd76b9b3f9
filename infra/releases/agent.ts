import { join, posix, relative, resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { projectFolder } from '../project.ts';
import { type ArchiveEntry, contentHash } from './archive.ts';
import { leanBundle } from './lean-bundle.ts';
import { nodeVersion } from './node-runtime.ts';
import { cachedRelease, type Release, type ReleaseOptions } from './release.ts';

export const agentPrograms = ['nerve', 'synapse'] as const;

// node-zookeeper-client and other CommonJS packages inside the bundle call require().
const requireShim = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`;

export interface AgentReleaseOptions extends ReleaseOptions {
  /** Folder that holds `agent/`, below this project; the project itself by default. */
  readonly source?: string;
}

/** Of another agent than the project's own, to try it out: relative to the repository. */
export function agentSource(): string {
  return resolve(projectFolder, process.env.SMARTSTACK_AGENT ?? '.');
}

/**
 * The agent as hosts run it: `nerve.mjs` and `synapse.mjs`, and in `chunks/` what they share and
 * what they load when it is first used, such as the drivers of checks. Needs nothing but Node. The
 * hash follows from the bundled code. Throws esbuild's error where the code is wrong.
 */
export async function buildAgentRelease(options: AgentReleaseOptions = {}): Promise<Release> {
  const entries = await bundleAgent(options.source);
  return cachedRelease('agent', contentHash(entries), async () => entries, options);
}

/** The files of the release, from a folder that holds `agent/`. */
export async function bundleAgent(
  source: string = projectFolder,
): Promise<readonly ArchiveEntry[]> {
  const outputFolder = join(source, 'release');
  const result = await build({
    absWorkingDir: source,
    entryPoints: agentPrograms.map((program) => posix.join('agent/bin', `${program}.ts`)),
    // Nothing is written there: esbuild gives its outputs' paths below it.
    outdir: outputFolder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: `node${nodeVersion.split('.')[0]}`,
    banner: { js: requireShim },
    // pg takes it where somebody installed it.
    external: ['pg-native'],
    plugins: [leanBundle],
    // Not minified: stack traces in a host's journal stay readable.
    legalComments: 'inline',
    logLevel: 'silent',
  });
  return result.outputFiles.map(({ path, contents: content }) => ({
    path: relative(outputFolder, path).split(sep).join('/'),
    mode: 0o644,
    content,
  }));
}
