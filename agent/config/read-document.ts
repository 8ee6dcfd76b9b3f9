import { readFile } from 'node:fs/promises';
import { visibleText } from './visible-json.ts';

export type ReadDocument =
  | { readonly ok: true; readonly value: unknown }
  /** One line that names the file. */
  | { readonly ok: false; readonly problem: string };

/** In the original a file is a template of Ruby's first: what that would give is not ours to guess. */
const erbTag = /<%=/;

/**
 * Reads a configuration file: YAML or JSON by its ending, and with another one by its first
 * character. What is wrong with it is a value.
 */
export async function readDocument(path: string): Promise<ReadDocument> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return refuse(`${path}: cannot be read: ${messageOf(error)}`);
  }
  if (erbTag.test(text)) return refuse(`${path}: has a tag of ERB, <%= …; render it first`);
  return isYaml(path, text) ? readYaml(path, text) : readJson(path, text);
}

function isYaml(path: string, text: string): boolean {
  return /\.ya?ml$/.test(path) || !(/\.json$/.test(path) || /^\s*[{[]/.test(text));
}

function readJson(path: string, text: string): ReadDocument {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return refuse(`${path}: is not JSON: ${messageOf(error)}`);
  }
}

async function readYaml(path: string, text: string): Promise<ReadDocument> {
  // Only those who write YAML pay for its parser.
  const { parseYaml } = await import('./parse-yaml.ts');
  const parsed = parseYaml(text);
  if (parsed.ok) return parsed;
  const { line, column, message } = parsed;
  const where = line === undefined ? '' : ` at line ${line}, column ${column}`;
  return refuse(`${path}: is not YAML that can be used${where}: ${printable(message)}`);
}

function refuse(problem: string): ReadDocument {
  return { ok: false, problem };
}

function messageOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error));
}

/** Parsers quote what they stumble over: no control character of it may reach a terminal. */
function printable(message: string): string {
  return visibleText(message).replaceAll('\\"', '"');
}
