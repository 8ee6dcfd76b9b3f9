import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { absentFile } from './absent-file.ts';
import type { StackConfig } from './program.ts';
import { Crypter } from './secrets.ts';

const schema = z.object({
  encryptionsalt: z.string().optional(),
  config: z
    .record(z.string(), z.union([z.object({ secure: z.string() }).strict(), z.json()]))
    .nullish(),
});

/**
 * Reads `Pulumi.<stack>.yaml`, secrets of Pulumi's passphrase provider included. A file that is
 * not there is an empty configuration. Throws, naming file and key, for what it cannot read.
 */
export async function readStackConfig(path: string, passphrase: string): Promise<StackConfig> {
  const text = await readFile(path, 'utf8').catch(absentFile);
  if (text === undefined) return { values: {}, secretKeys: [] };
  const parsed = schema.safeParse(parse(text) ?? {});
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  const { config, encryptionsalt } = parsed.data;
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [key, value] of Object.entries(config ?? {})) {
    if (typeof value === 'object' && value !== null && 'secure' in value) {
      secretKeys.push(key);
      values[key] = decrypted(path, key, String(value.secure), passphrase, encryptionsalt);
    } else {
      values[key] = typeof value === 'string' ? value : JSON.stringify(value);
    }
  }
  return { values, secretKeys };
}

function decrypted(
  path: string,
  key: string,
  ciphertext: string,
  passphrase: string,
  salt: string | undefined,
): string {
  try {
    if (salt === undefined) throw new Error('the file has no `encryptionsalt`');
    return Crypter.open(passphrase, salt).decrypt(ciphertext);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${path}: cannot decrypt the secret ${key}: ${reason}; ` +
        'set PULUMI_CONFIG_PASSPHRASE to the passphrase it was set with',
      { cause },
    );
  }
}
