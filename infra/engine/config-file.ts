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
  const { config, encryptionsalt } = await readFileOf(path);
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

/** One that is no secret: it takes no passphrase. Throws as `readStackConfig` does. */
export async function readPlainSetting(path: string, key: string): Promise<string | undefined> {
  const value = (await readFileOf(path)).config?.[key];
  if (value === undefined || typeof value === 'string') return value;
  throw new Error(`${path}: ${key}: must be plain text`);
}

async function readFileOf(path: string): Promise<z.output<typeof schema>> {
  const text = await readFile(path, 'utf8').catch(absentFile);
  const parsed = schema.safeParse(parse(text ?? '') ?? {});
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
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
