/** Before `npm pack`: JavaScript, declarations and all that is read at run time, in `dist/`. */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '../prerequisites/command.ts';
import { projectFolder } from '../project.ts';
import { bundleAgent } from '../releases/agent.ts';
import { agentFolder } from './packaged-agent.ts';

const dist = join(projectFolder, 'dist');
/** Read beside the code that reads them. */
const assets = ['infra/components/scripts', 'infra/releases/zookeeper'] as const;

await rm(dist, { recursive: true, force: true });
await runCommand('tsc', ['-p', join(projectFolder, 'infra/library')]);
for (const folder of assets) {
  await cp(join(projectFolder, folder), join(dist, folder), { recursive: true });
}
for (const { path, content } of await bundleAgent()) {
  const file = join(dist, 'infra/library', agentFolder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
