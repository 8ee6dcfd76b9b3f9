/** Catalogs that start from the shipped one; TypeScript as a user would write it. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './stack.ts';

/** What the environment has while drills are played. */
export const drillCatalog = 'test/integration/drills/catalog/catalog.ts';

/** Source text of one service more, beside the shipped ones. */
export function greeterOn(host: string, others = ''): string {
  return `greeter: {
    port: 8003, localPort: 3335, on: ['${host}'], ${others}
    run: {
      command: '/opt/smartstack/current/bin/node greeter.ts',
      files: { 'greeter.ts': 'infra/tutorial/service-a.ts' },
    },
  }`;
}

const folder = join(root, '.smartstack/integration');

/** `services` are added to the shipped ones, `others` are further fields: source text, both. */
export async function catalogFile(name: string, services: string, others = ''): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.ts`);
  const text =
    "import { catalog as shipped } from '../../infra/catalog.ts';\n" +
    `export const catalog = { ...shipped, ${others}\n` +
    `services: { ...shipped.services, ${services} } };\n`;
  await writeFile(path, text);
  return path;
}

export function removeCatalogFiles(): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
