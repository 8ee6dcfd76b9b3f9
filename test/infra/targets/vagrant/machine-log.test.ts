import { expect } from 'chai';
import {
  follow,
  machineLog,
  parseVagrantLine,
} from '../../../../infra/targets/vagrant/machine-log.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('machine log', () => {
  it('knows which machine a line is about', () => {
    expect(parseVagrantLine('==> try.web_1: Starting container...')).to.deep.equal({
      machine: 'try.web_1',
      text: 'Starting container...',
    });
    expect(parseVagrantLine('    web_1: host key: ssh-ed25519 AAAA')).to.deep.equal({
      machine: 'web_1',
      text: 'host key: ssh-ed25519 AAAA',
    });
    expect(parseVagrantLine("Bringing machine 'web_1' up with 'lxc' provider...")).to.equal(
      undefined,
    );
  });

  it('shows whole new lines, without chatter, once each', async () => {
    await withTemporaryFolder(async (folder) => {
      const log = machineLog('web_1', folder);
      const shown: string[] = [];
      await log.append('Starting container...');
      const stop = follow(log, (line) => shown.push(line));
      await log.append('SSH username: vagrant');
      await log.append('Machine booted and ready!');
      await stop();
      expect(shown).to.deep.equal(['Starting container...', 'Machine booted and ready!']);
    });
  });

  it('is empty after it was cleared', async () => {
    await withTemporaryFolder(async (folder) => {
      const log = machineLog('web_1', folder);
      await log.append('a line');
      expect(await log.text()).to.equal('a line\n');
      await log.clear();
      expect(await log.text()).to.equal('');
    });
  });
});
