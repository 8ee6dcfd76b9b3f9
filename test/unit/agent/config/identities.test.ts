import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readIdentities } from '../../../../agent/config/identities.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('readIdentities', () => {
  const read = (text: string | undefined) =>
    withTemporaryFolder(async (folder) => {
      const file = join(folder, 'secret');
      if (text !== undefined) await writeFile(file, text);
      const found = await readIdentities('n.json', { zk_digest_auth_file: file });
      return found.ok ? found.identities : found.problem.replaceAll(folder, '');
    });

  it('takes those of the file, one a line', async () => {
    expect(await read('me:a b\n')).to.deep.equal(['me:a b']);
    expect(await read('me:new\nme:old')).to.deep.equal(['me:new', 'me:old']);
    expect(await read('me:with:colon\n\n')).to.deep.equal(['me:with:colon']);
  });

  it('names the file where it is wrong, and tells nothing of what it holds', async () => {
    const option = 'n.json: zk_digest_auth_file: /secret';
    expect(await read('me:ok\nhush\n')).to.equal(
      `${option}: entry 2 is bad; must be "user:password"`,
    );
    expect(await read('me:ok\r\n')).to.equal(`${option}: entry 1 is bad; must be "user:password"`);
    expect(await read('\n')).to.equal(`${option} is empty; must hold "user:password"`);
    expect(await read(undefined)).to.equal(
      `${option} cannot be read (ENOENT); must be a file that this user may read`,
    );
  });

  it('takes the one of the configuration, or none', async () => {
    const own = await readIdentities('n.json', { zk_digest_auth: 'me:secret' });
    expect(own).to.deep.equal({ ok: true, identities: ['me:secret'] });
    expect(await readIdentities('n.json', {})).to.deep.equal({ ok: true, identities: [] });
  });
});
