import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** Where everything of one stack is. */
export interface Workspace {
  readonly root: string;
  readonly project: string;
  readonly stack: string;
  /** The program's main file. */
  readonly main: string;
  readonly configPath: string;
  readonly statePath: string;
  readonly passphrasePath: string;
  /** The Pulumi CLI's own state, unless the user keeps it elsewhere. */
  readonly backendPath: string;
}

const projectSchema = z.object({
  name: z.string(),
  main: z.string(),
  stackConfigDir: z.string().default('.'),
});

const stackNameRule = /^[A-Za-z0-9._-]+$/;

/** `directory` holds Pulumi.yaml. Throws for a stack name that Pulumi would not take. */
export async function openWorkspace(
  stack: string,
  directory: string = join(import.meta.dirname, '../..'),
): Promise<Workspace> {
  if (!stackNameRule.test(stack)) {
    throw new Error(`--stack ${stack}: use letters, digits, dots, hyphens and underscores only`);
  }
  const root = resolve(directory);
  const text = await readFile(join(root, 'Pulumi.yaml'), 'utf8');
  const { name, main, stackConfigDir } = projectSchema.parse(parse(text));
  const own = join(root, '.smartstack');
  return {
    ...{ root, stack, project: name },
    main: join(root, main),
    configPath: join(root, stackConfigDir, `Pulumi.${stack}.yaml`),
    statePath: join(own, stack, 'state.json'),
    passphrasePath: join(own, 'passphrase'),
    backendPath: join(own, 'pulumi'),
  };
}

/** The directory in which Pulumi runs the program and local commands. */
export function programDirectory({ main }: Workspace): string {
  return dirname(main);
}
