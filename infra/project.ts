import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder. */
export const projectFolder = resolve(fileURLToPath(import.meta.url), '../..');

/** Everything that this project makes on the controlling machine stays below this folder. */
export const stateFolder = resolve(projectFolder, '.smartstack');

/** The same from where the program runs: in every clone, for else each would see a change. */
export function projectFolderFromHere(): string {
  return relative(process.cwd(), projectFolder) || '.';
}
