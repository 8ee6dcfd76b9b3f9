import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { absentFile } from './absent-file.ts';

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
  const known = await readFile(generatedPath, 'utf8').catch(absentFile);
  if (known !== undefined) return known.trim();
  await mkdir(dirname(generatedPath), { recursive: true });
  const passphrase = randomBytes(24).toString('base64url');
  await writeFile(generatedPath, `${passphrase}\n`, { mode: 0o600, flag: 'wx' });
  return passphrase;
}
