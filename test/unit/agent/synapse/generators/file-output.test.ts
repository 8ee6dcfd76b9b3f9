import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createFileOutput } from '../../../../../agent/synapse/generators/file-output.ts';
import { generatedService, instance } from '../../../../support/generated-service.ts';
import { withTemporaryFolder } from '../../../../support/temporary-folder.ts';

const web = generatedService([
  instance('one', 80, {
    sequence: 7,
    weight: 3,
    serverOptions: 'maxconn 5',
    labels: { zone: 'a"\\' },
    draining: true,
  }),
  { host: 'two.example', port: 81, labels: {} },
]);
const shop = generatedService([instance('shop', 90)], { name: 'shop' });

async function shown(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
}

describe('createFileOutput', () => {
  it("writes each service's instances with the fields of the original", async () => {
    await withTemporaryFolder(async (folder) => {
      const output_directory = join(folder, 'not', 'there', 'yet');
      await createFileOutput({ output_directory }).pass([web, shop]);
      expect(await shown(output_directory)).to.deep.equal(['shop.json', 'web.json']);
      const text = await readFile(join(output_directory, 'web.json'), 'utf8');
      expect(JSON.parse(text)).to.deep.equal([
        {
          name: 'one',
          host: '10.0.0.1',
          port: 80,
          id: 7,
          weight: 3,
          haproxy_server_options: 'maxconn 5',
          labels: { zone: 'a"\\' },
          draining: true,
        },
        {
          name: null,
          host: 'two.example',
          port: 81,
          id: null,
          weight: null,
          haproxy_server_options: null,
          labels: {},
        },
      ]);
    });
  });

  it('touches no file whose instances stay the same', async () => {
    await withTemporaryFolder(async (folder) => {
      const generator = createFileOutput({ output_directory: folder });
      await generator.pass([web, shop]);
      const before = await stat(join(folder, 'web.json'));
      await generator.pass([web, generatedService([], { name: 'shop' })]);
      const after = await stat(join(folder, 'web.json'));
      expect([after.ino, after.mtimeMs]).to.deep.equal([before.ino, before.mtimeMs]);
      expect(await readFile(join(folder, 'shop.json'), 'utf8')).to.equal('[]');
    });
  });

  it('removes what it wrote when a service goes, even in a later life, and nothing else', async () => {
    await withTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'foreign.json'), '{}');
      await createFileOutput({ output_directory: folder }).pass([web, shop]);
      const disabled = generatedService([], { name: 'shop', file_output: { disabled: true } });
      await createFileOutput({ output_directory: folder }).pass([web, disabled]);
      expect(await shown(folder)).to.deep.equal(['foreign.json', 'web.json']);
    });
  });

  it('claims nothing by a damaged list of its files', async () => {
    await withTemporaryFolder(async (folder) => {
      await createFileOutput({ output_directory: folder }).pass([web, shop]);
      await writeFile(join(folder, '.synapse-files'), '["../etc/passwd.json"]');
      await createFileOutput({ output_directory: folder }).pass([web]);
      expect(await shown(folder)).to.deep.equal(['shop.json', 'web.json']);
    });
  });

  it('keeps the file of a service that nobody knows anything of', async () => {
    await withTemporaryFolder(async (folder) => {
      const generator = createFileOutput({ output_directory: folder });
      await generator.pass([web]);
      const before = await readFile(join(folder, 'web.json'), 'utf8');
      await generator.pass([generatedService([], { isKnown: false })]);
      expect(await readFile(join(folder, 'web.json'), 'utf8')).to.equal(before);
    });
  });

  it('rejects with the system error, and writes all of it once that has passed', async () => {
    await withTemporaryFolder(async (folder) => {
      const generator = createFileOutput({ output_directory: folder });
      await mkdir(join(folder, 'web.json'));
      const error = await generator.pass([web]).catch((reason: unknown) => reason);
      expect(error).to.be.an('error').with.property('syscall');
      await rm(join(folder, 'web.json'), { recursive: true });
      await generator.pass([web]);
      expect(await shown(folder)).to.deep.equal(['web.json']);
    });
  });
});
