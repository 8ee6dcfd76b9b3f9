import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InvalidEnvironmentError } from '../../infra/catalog/invalid-environment.ts';
import { loadCatalog } from '../../infra/load-catalog.ts';

describe('loadCatalog', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'load-catalog-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** What people read when the catalog is refused; `undefined` when it is not. */
  async function refusal(file: string): Promise<string | undefined> {
    try {
      await loadCatalog(root, file, {});
      return undefined;
    } catch (error) {
      if (error instanceof InvalidEnvironmentError) return error.message;
      throw error;
    }
  }

  function writeCatalog(name: string, run: object): void {
    const catalog = {
      environment: 'test',
      ensemble: { size: 1 },
      hosts: { one: { id: 1, roles: ['zookeeper', 'service'] } },
      services: { web: { port: 8001, localPort: 3333, on: ['one'], run } },
    };
    writeFileSync(join(root, name), `export const catalog = ${JSON.stringify(catalog)};`);
  }

  it('names a file or an export that is not there', async () => {
    writeFileSync(join(root, 'empty.mjs'), '');
    expect(await refusal('nowhere.mjs')).to.include('nowhere.mjs: there is no such file');
    expect(await refusal('empty.mjs')).to.include('empty.mjs: exports no "catalog"');
  });

  it('refuses a file that would not arrive as it is', async () => {
    writeFileSync(join(root, 'text.txt'), 'grüß dich\n');
    writeFileSync(join(root, 'binary'), Buffer.from([0x7f, 0x45, 0xff, 0xfe]));
    writeCatalog('text.mjs', { command: 'cat text.txt', files: { 'text.txt': 'text.txt' } });
    expect(await refusal('text.mjs')).to.equal(undefined);
    writeCatalog('binary.mjs', { command: './a', files: { a: 'binary' } });
    expect(await refusal('binary.mjs')).to.include(
      'binary.mjs: services.web.run.files.a: "binary" is no UTF-8 text; ',
    );
  });
});
