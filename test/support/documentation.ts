/** What a page of the documentation is held against. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const root = new URL('../../', import.meta.url);

/** `page` is one of `docs/`. */
export async function readPage(page: string): Promise<string> {
  return await readFile(new URL(`docs/${page}`, root), 'utf8');
}

export function unmentioned(text: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
}

/** Tests that it names and pages that it points to, relative to the repository. */
export function filesNamedIn(text: string): readonly string[] {
  const tests = [...text.matchAll(/`((?:unit|component|integration)\/[\w./-]+)`/g)];
  const links = [...text.matchAll(/\]\(((?!https:)[\w./-]+)(?:#[\w-]+)?\)/g)];
  return [...tests.map(([, path]) => `test/${path}`), ...links.map(([, path]) => `docs/${path}`)];
}

export function missingFiles(files: readonly string[]): readonly string[] {
  return files.filter((file) => !existsSync(new URL(file, root)));
}

/** Headings on the page that its links lead to, and that are not there. */
export function deadAnchors(text: string): readonly string[] {
  const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => anchorOf(title));
  const wanted = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);
  return wanted.filter((anchor) => !anchors.includes(anchor));
}

/** As GitHub makes it. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-');
}

/** Names of all options, nested ones included. */
export function optionsOf(schema: z.ZodType): readonly string[] {
  return namesIn(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function namesIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const properties: unknown = Reflect.get(node, 'properties');
  const names = typeof properties === 'object' && properties !== null ? properties : {};
  return [...Object.keys(names), ...Object.values(node).flatMap(namesIn)];
}
