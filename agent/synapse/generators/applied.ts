/** What a generator remembers beside its file, over restarts: which text was applied. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../lib/atomic-file.ts';

const appliedSchema = z.strictObject({
  /** Of the text that the last reload or apply command was told of. */
  sha256: z.string(),
  /** Services with instances in it. */
  services: z.array(z.string()),
});

export type Applied = Readonly<z.output<typeof appliedSchema>>;

/** `undefined` where the note is missing or damaged. */
export async function readApplied(path: string): Promise<Applied | undefined> {
  const text = await readFile(notePath(path), 'utf8').catch(() => '');
  try {
    return appliedSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export async function writeApplied(path: string, applied: Applied): Promise<void> {
  await writeFileAtomically(notePath(path), `${JSON.stringify(applied)}\n`);
}

function notePath(path: string): string {
  return join(dirname(path), `.${basename(path)}.applied`);
}
