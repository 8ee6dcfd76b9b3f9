import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../../infra/prerequisites/command.ts';
import { agentPrograms, buildAgentRelease } from '../../../infra/releases/agent.ts';
import { withTemporaryFolder } from '../../support/temporary-folder.ts';

describe('buildAgentRelease', () => {
  it('gives the same release for the same code', async () => {
    await withTemporaryFolder(async (cacheFolder) => {
      const first = await buildAgentRelease({ cacheFolder: join(cacheFolder, 'one') });
      const second = await buildAgentRelease({ cacheFolder: join(cacheFolder, 'two') });
      expect(first.hash).to.equal(second.hash);
      const digests = await runCommand('sha256sum', [first.path, second.path]);
      const [one, two] = digests.stdout.split('\n').map((line) => line.slice(0, 64));
      expect(one).to.equal(two);
    });
  });

  it('bundles programs that run on Node alone', async () => {
    await withTemporaryFolder(async (folder) => {
      const { path } = await buildAgentRelease({ cacheFolder: folder });
      await runCommand('tar', ['-xzf', path, '-C', folder]);
      for (const program of agentPrograms) {
        const options = { cwd: folder, env: {} };
        const args = [join(folder, `${program}.mjs`), '--version'];
        const { stdout } = await runCommand(process.execPath, args, options);
        expect(stdout).to.match(/\d+\.\d+\.\d+/);
      }
    });
  });
});
