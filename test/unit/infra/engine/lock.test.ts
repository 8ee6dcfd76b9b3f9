import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { LockedError, takeLock } from '../../../../infra/engine/lock.ts';

describe('takeLock', () => {
  let directory: string;
  const path = (): string => join(directory, 'lock');

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'smartstack-lock-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is exclusive until released, and leaves nothing behind', () => {
    const lock = takeLock(path());
    expect(() => takeLock(path())).to.throw(LockedError, `process ${process.pid}`);
    lock.release();
    takeLock(path()).release();
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('takes over from a process that is gone, and from a torn file', () => {
    const { pid } = spawnSync('true');
    for (const content of [`${pid}\n`, '', 'nonsense']) {
      writeFileSync(path(), content);
      takeLock(path()).release();
    }
    expect(existsSync(path())).to.equal(false);
  });
});
