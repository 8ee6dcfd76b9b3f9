import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { inBatch } from '../../../../infra/targets/vagrant/batch.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

const quietMs = 50;

describe('inBatch', () => {
  it('serves what is asked for at the same moment in one run', async () => {
    await withTemporaryFolder(async (folder) => {
      const runs: string[][] = [];
      const perform = async (names: readonly string[]) => void runs.push([...names]);
      const ask = (name: string) => inBatch({ folder, action: 'up', name, perform, quietMs });
      await Promise.all([ask('c'), ask('a'), ask('b')]);
      expect(runs).to.deep.equal([['a', 'b', 'c']]);
      expect(await readdir(join(folder, 'up'))).to.deep.equal([]);
    });
  });

  it('serves what is asked for during a run in the next, never two at once', async () => {
    await withTemporaryFolder(async (folder) => {
      const runs: string[][] = [];
      let running = 0;
      const late: Promise<void>[] = [];
      const ask = (name: string): Promise<void> =>
        inBatch({ folder, action: 'up', name, perform, quietMs });
      const perform = async (names: readonly string[]): Promise<void> => {
        running += 1;
        expect(running).to.equal(1);
        runs.push([...names]);
        if (names.includes('early')) late.push(ask('late'));
        await sleep(50);
        running -= 1;
      };
      await ask('early');
      await Promise.all(late);
      expect(runs).to.deep.equal([['early'], ['late']]);
    });
  });

  it('drops the request of a process that died', async () => {
    await withTemporaryFolder(async (folder) => {
      await mkdir(join(folder, 'up'));
      await writeFile(join(folder, 'up/dead'), '999999999');
      const runs: string[][] = [];
      const perform = async (names: readonly string[]) => void runs.push([...names]);
      await inBatch({ folder, action: 'up', name: 'alive', perform, quietMs });
      expect(runs).to.deep.equal([['alive']]);
    });
  });

  it('gives way after a run that failed', async () => {
    await withTemporaryFolder(async (folder) => {
      const perform = () => Promise.reject(new Error('no'));
      const failed = await inBatch({ folder, action: 'up', name: 'a', perform, quietMs }).catch(
        (error: unknown) => error,
      );
      expect(failed).to.be.instanceOf(Error);
      const names: string[] = [];
      const succeed = async (all: readonly string[]) => void names.push(...all);
      await inBatch({ folder, action: 'up', name: 'b', perform: succeed, quietMs });
      expect(names).to.deep.equal(['b']);
    });
  });
});
