import { readFile } from 'node:fs/promises';

export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  /** One line that names the file. */
  | { readonly ok: false; readonly problem: string };

/** Reads a configuration file; what is wrong with it is a value. */
export async function readJson(path: string): Promise<ReadJson> {
  if (/\.ya?ml$/.test(path)) return refuse(`${path}: YAML is not supported; must be JSON`);
  try {
    return parse(path, await readFile(path, 'utf8'));
  } catch (error) {
    return refuse(`${path}: cannot be read: ${messageOf(error)}`);
  }
}

function parse(path: string, text: string): ReadJson {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return refuse(`${path}: is not JSON: ${messageOf(error)}`);
  }
}

function refuse(problem: string): ReadJson {
  return { ok: false, problem };
}

/** JSON.parse quotes what it stumbles over: no control character of it may reach a terminal. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return JSON.stringify(message).slice(1, -1).replaceAll('\\"', '"');
}
