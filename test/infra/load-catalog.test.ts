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

  it('takes YAML and JSON, and says where they are wrong', async () => {
    const catalog = {
      hosts: { one: { id: 1, roles: ['zookeeper', 'service'] } },
      services: { web: { port: 8001, localPort: 3333, on: ['one'] } },
      environments: { test: { ensemble: { size: 1 } }, large: { ensemble: { size: 3 } } },
    };
    writeFileSync(join(root, 'catalog.json'), JSON.stringify(catalog));
    writeFileSync(join(root, 'bad.yaml'), 'hosts:\n  one: [\n');
    const load = (environment: string) =>
      loadCatalog(root, 'catalog.json', {}, { environment }).catch((error: unknown) => error);
    expect(await load('test')).to.have.nested.property('catalog.environment', 'test');
    expect(String(await load('large'))).to.include(
      'catalog.json (large): ensemble.size: is 3, but one have the role zookeeper; make them agree',
    );
    expect(await refusal('bad.yaml')).to.match(
      /^One mistake; nothing was changed:\n {2}bad\.yaml: is not YAML .* at line 3, column 1: /,
    );
  });

  it('takes a folder for no file', async () => {
    writeCatalog('folder.mjs', { command: './a', files: { a: '.' } });
    expect(await refusal('folder.mjs')).to.include(
      'folder.mjs: services.web.run.files.a: there is no file "."; ',
    );
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
