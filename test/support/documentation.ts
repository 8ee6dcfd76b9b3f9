/** What a page of the documentation is held against. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { z } from 'zod';

const root = new URL('../../', import.meta.url);

/** What each page on a daemon must be true to. */
export interface PageSubject {
  /** Of its configuration. */
  readonly schemas: readonly z.ZodType[];
  /** Some options that must be among those of the schemas: the proof that they are found. */
  readonly among: readonly string[];
  /** Of its metrics. */
  readonly families: Readonly<Record<string, unknown>>;
}

/** `page` is one of `docs/`. Tests of a suite; `text` is there once they run. */
export function holdPage(page: string, { schemas, among, families }: PageSubject) {
  const held = { text: '' };

  before(async () => {
    held.text = await readPage(page);
  });

  it('knows every option of the schemas', () => {
    const options = schemas.flatMap(optionsOf);
    expect(options).to.include.members([...among]);
    expect(unmentioned(held.text, options)).to.deep.equal([]);
  });

  it('knows every metric', () => {
    const names = Object.keys(families);
    expect(names.filter((name) => !held.text.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it('names tests and files that are there', () => {
    const files = filesNamedIn(held.text);
    expect(files).to.have.length.above(20);
    expect(missingFiles(files)).to.deep.equal([]);
    expect(deadAnchors(held.text)).to.deep.equal([]);
  });

  return held;
}

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
