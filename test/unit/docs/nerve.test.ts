import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { z } from 'zod';
import { nerveConfigSchema } from '../../../agent/config/nerve.ts';
import { reporterSchema } from '../../../agent/config/nerve-reporters.ts';
import { families } from '../../../agent/nerve/metrics/families.ts';

const root = new URL('../../../', import.meta.url);

describe('docs/nerve.md', () => {
  let text: string;

  before(async () => {
    text = await readFile(new URL('docs/nerve.md', root), 'utf8');
  });

  it('knows every option of the schemas', () => {
    const options = [...optionsOf(nerveConfigSchema), ...optionsOf(reporterSchema)];
    expect(options).to.include.members(['api_socket', 'expect_status', 'etcd_port', 'rise']);
    expect(options.filter((option) => !new RegExp(`\\b${option}\\b`).test(text))).to.deep.equal([]);
  });

  it('knows every metric', () => {
    const names = Object.keys(families);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it('names tests and files that are there', () => {
    const tests = [...text.matchAll(/`((?:unit|component|integration)\/[\w./-]+)`/g)];
    const links = [...text.matchAll(/\]\(((?!#|https:)[\w./-]+)\)/g)];
    const files = [
      ...tests.map(([, path]) => `test/${path}`),
      ...links.map(([, path]) => `docs/${path}`),
    ];
    expect(files).to.have.length.above(20);
    expect(files.filter((file) => !existsSync(new URL(file, root)))).to.deep.equal([]);
  });
});

/** Names of all options, nested ones included. */
function optionsOf(schema: z.ZodType): readonly string[] {
  return namesIn(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function namesIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const properties: unknown = Reflect.get(node, 'properties');
  const names = typeof properties === 'object' && properties !== null ? properties : {};
  return [...Object.keys(names), ...Object.values(node).flatMap(namesIn)];
}
