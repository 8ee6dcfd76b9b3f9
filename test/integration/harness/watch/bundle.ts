import { join } from 'node:path';
import { build } from 'esbuild';

/** The watching program as one file that needs nothing but Node. */
export async function bundledProgram(): Promise<string> {
  const result = await build({
    entryPoints: [join(import.meta.dirname, 'program.ts')],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      // node-zookeeper-client is CommonJS.
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error('esbuild gave no program');
  return file.text;
}
