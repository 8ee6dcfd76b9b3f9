import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readDocument } from '../../../../agent/config/read-document.ts';

describe('readDocument', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'read-document-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const read = async (name: string, text: string): Promise<unknown> => {
    await writeFile(join(folder, name), text);
    const result = await readDocument(join(folder, name));
    return result.ok ? result.value : result.problem.replace(`${folder}/`, '');
  };

  it('reads JSON and YAML by the ending', async () => {
    expect(await read('a.json', '{ "a": [1] }')).to.deep.equal({ a: [1] });
    expect(await read('a.yaml', 'a: [1]')).to.deep.equal({ a: [1] });
    expect(await read('a.yml', '{ "a": [1] }')).to.deep.equal({ a: [1] });
    expect(await read('b.json', 'a: [1]')).to.match(/^b\.json: is not JSON: /);
  });

  it('reads either, as the originals do, where the ending says nothing', async () => {
    expect(await read('synapse.conf', ' { "a": [1] }')).to.deep.equal({ a: [1] });
    expect(await read('synapse.conf', 'a:\n- 1\n')).to.deep.equal({ a: [1] });
    expect(await read('synapse.conf', '{ "a": [1 }')).to.match(/^synapse\.conf: is not JSON: /);
    expect(await read('synapse.conf', 'a: [1')).to.match(/^synapse\.conf: is not YAML /);
  });

  it('takes no template for what it would become', async () => {
    const problem = 'synapse.json: has a tag of ERB, <%= …; render it first';
    expect(await read('synapse.json', '{ "host": "<%= `hostname` %>" }')).to.equal(problem);
    expect(await read('log.json', '{ "log-format": "<%ci:%cp>" }')).to.deep.equal({
      'log-format': '<%ci:%cp>',
    });
  });

  it('names a file that cannot be read', async () => {
    const result = await readDocument(join(folder, 'none.json'));
    expect(result).to.deep.include({ ok: false });
    expect(!result.ok && result.problem).to.match(/none\.json: cannot be read: ENOENT/);
  });
});
