import { expect } from 'chai';
import {
  containerErrors,
  errorAbout,
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

  it('tells the errors of machines in one run apart', () => {
    const about = (name: string, text: string) =>
      `An error occurred while executing the action on the '${name}'\nmachine. Please handle ` +
      `this error then try again:\n\n${text}\n\n`;
    const stderr = `Several errors.\n\n${about('a', 'No disk.')}${about('b', 'No memory.')}`;
    expect(errorAbout('a', stderr)).to.equal('No disk.');
    expect(errorAbout('b', stderr)).to.equal('No memory.');
    expect(errorAbout('c', stderr)).to.equal('');
    expect(errorAbout('c', 'The Vagrantfile is broken.\n')).to.equal('The Vagrantfile is broken.');
  });

  it('finds out why a container did not start', () => {
    const log = [
      'lxc-start web_1 20261121064211.543 INFO     lsm - ../lsm.c:init:38 - Initialized',
      'lxc-start web_1 20261121064211.543 ERROR    start - ../start.c:init:862 - No cgroups',
      'lxc-start web_2 20261121064211.543 ERROR    start - ../start.c:init:862 - No veth',
    ].join('\n');
    expect(containerErrors('web_1', log)).to.deep.equal(['No cgroups']);
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
