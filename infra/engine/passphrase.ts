import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readIfThere, writeFirst } from '../prerequisites/whole-file.ts';

/**
 * The passphrase for secrets in config and state: PULUMI_CONFIG_PASSPHRASE, else the file that
 * PULUMI_CONFIG_PASSPHRASE_FILE names, else one made once for this clone at `generatedPath`
 * (mode 0600). The Pulumi CLI is given the same.
 */
export async function findPassphrase(
  env: Readonly<Record<string, string | undefined>>,
  generatedPath: string,
): Promise<string> {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return env.PULUMI_CONFIG_PASSPHRASE;
  const named = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (named !== undefined && named !== '') return (await readFile(named, 'utf8')).trim();
  const known = (await readIfThere(generatedPath))?.trim();
  if (known === '') throw new Error(emptyFile(generatedPath));
  if (known !== undefined) return known;
  const passphrase = randomBytes(24).toString('base64url');
  await writeFirst(generatedPath, `${passphrase}\n`, 0o600);
  return passphrase;
}

function emptyFile(path: string): string {
  return (
    `${path} is empty, and the passphrase of this clone should be in it; put it back from a backup, ` +
    'remove the file where nothing is encrypted yet, or set PULUMI_CONFIG_PASSPHRASE'
  );
}
