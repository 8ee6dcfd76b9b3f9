import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
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

/**
 * Throws where nobody has written a configuration for the stack: a mistyped name must not stand a
 * second environment up.
 */
export async function requireConfigured({ stack, root, configPath }: Workspace): Promise<void> {
  const folder = dirname(configPath);
  const files = await readdir(folder).catch((): string[] => []);
  if (files.includes(basename(configPath))) return;
  const stacks = files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  const known = stacks.length === 0 ? 'there is none yet' : `there is ${stacks.sort().join(', ')}`;
  throw new Error(
    `there is no stack "${stack}"; ${known}. A new one starts with a file ` +
      relative(root, configPath),
  );
}

/** The directory in which Pulumi runs the program and local commands. */
export function programDirectory({ main }: Workspace): string {
  return dirname(main);
}
