import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { scriptOf } from '../../../infra/components/shell.ts';

describe('write-file.sh', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'write-file-'));
    file = join(folder, 'deep/er.conf');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(input: string) {
    const variables = { FILE: file, MODE: '0640', OWNER: userInfo().username, END: '# end' };
    const script = scriptOf('write-file.sh', variables);
    const args = ['--norc', '-euo', 'pipefail', '-c', script];
    return spawnSync('bash', args, { input, encoding: 'utf8' });
  }

  it('writes what came before the end mark, to the byte, with its mode', () => {
    for (const content of ['a\nb\n', 'no line feed at the end', '', "it's \\ $HOME `x`\n"]) {
      expect(write(`${content}\n# end\n`)).to.include({ status: 0, stderr: '' });
      expect(readFileSync(file, 'utf8')).to.equal(content);
    }
    expect(statSync(file).mode & 0o777).to.equal(0o640);
    expect(readdirSync(join(folder, 'deep'))).to.deep.equal(['er.conf']);
  });

  it('says when the content changed last, so that whatever runs on it can tell', () => {
    const time = (input: string): string => write(input).stdout;
    const first = time('a\n\n# end\n');
    expect(first).to.match(/^\d+\.\d{9}\n$/);
    expect(time('a\n\n# end\n')).to.equal(first);
    const second = time('b\n\n# end\n');
    expect(second).to.not.equal(first);
    // What it was before is another change.
    expect([first, second]).to.not.include(time('a\n\n# end\n'));
  });

  it('keeps the old file when the connection was cut, and leaves nothing else (law 7)', () => {
    write('old\n\n# end\n');
    for (const cut of ['', 'new', 'new\n', 'new\n\n', 'new\n\n# en']) {
      const { status, stderr } = write(cut);
      expect(status).to.equal(1);
      expect(stderr).to.include(`${file} did not arrive whole`);
    }
    expect(readFileSync(file, 'utf8')).to.equal('old\n');
    expect(readdirSync(join(folder, 'deep'))).to.deep.equal(['er.conf']);
  });
});
