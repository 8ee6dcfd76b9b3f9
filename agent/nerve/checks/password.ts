import { readFile } from 'node:fs/promises';
import { type CheckResult, failed, messageOf } from './result.ts';

export type PasswordDefinition = { readonly text: string } | { readonly file: string };

/**
 * Runs a check with its password. What comes of it, errors too, does not contain the password:
 * some servers quote a command that they do not know, such as AUTH.
 */
export async function withPassword(
  definition: PasswordDefinition | undefined,
  signal: AbortSignal,
  check: (password: string | undefined) => Promise<CheckResult>,
): Promise<CheckResult> {
  const password = await readPassword(definition, signal);
  try {
    return conceal(await check(password), password);
  } catch (error) {
    return conceal(failed(messageOf(error)), password);
  }
}

async function readPassword(
  definition: PasswordDefinition | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (definition === undefined) return undefined;
  if ('text' in definition) return definition.text;
  try {
    const text = await readFile(definition.file, { encoding: 'utf8', signal });
    return text.replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(`password_file cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function conceal(result: CheckResult, password: string | undefined): CheckResult {
  if (result.passed || !password) return result;
  return failed(result.reason.replaceAll(password, '***'));
}
