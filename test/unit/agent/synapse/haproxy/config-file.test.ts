import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { HaproxyOptions } from '../../../../../agent/config/synapse-haproxy.ts';
import { runCommand } from '../../../../../agent/lib/run-command.ts';
import {
  type ConfigFile,
  createConfigFile,
} from '../../../../../agent/synapse/haproxy/config-file.ts';
import { synapseConfig } from '../../../../support/synapse-config.ts';
import { withTemporaryFolder } from '../../../../support/temporary-folder.ts';

interface Bed {
  readonly folder: string;
  file(options: Partial<HaproxyOptions>): ConfigFile;
}

/** Without HAProxy's own check, which needs a whole text. */
function withBed(work: (bed: Bed) => Promise<void>): Promise<void> {
  return withTemporaryFolder((folder) => {
    const file = (options: Partial<HaproxyOptions>): ConfigFile => {
      const { haproxy } = synapseConfig({}, { haproxy_path: '' });
      return createConfigFile({ ...haproxy, ...options }, join(folder, 'cfg'), runCommand);
    };
    return work({ folder, file });
  });
}

describe('createConfigFile', () => {
  it('runs check_command on the candidate where do_checks says so', () =>
    withBed(async ({ folder, file }) => {
      const candidate = join(folder, 'waits-here');
      const checked = file({
        do_checks: true,
        candidate_config_file_path: candidate,
        check_command: `cat ${candidate} >> ${folder}/seen; grep -q good ${candidate}`,
      });
      expect(await checked.publish('good\n')).to.include({ ok: true, change: 'written' });
      expect(await checked.publish('bad\n')).to.include({ ok: false });
      expect(await readFile(join(folder, 'seen'), 'utf8')).to.equal('good\nbad\n');
      expect(await checked.read()).to.equal('good\n');
      // What was refused stays to be looked at.
      expect(await readFile(candidate, 'utf8')).to.equal('bad\n');
    }));

  it('runs it not where do_checks does not, and lets the candidate wait beside the file', () =>
    withBed(async ({ folder, file }) => {
      const unchecked = file({ check_command: 'false' });
      expect(await unchecked.publish('anything\n')).to.include({ ok: true, change: 'written' });
      expect(await unchecked.publish('anything\n')).to.include({ ok: true, change: 'unchanged' });
      expect(await readdir(folder)).to.deep.equal(['cfg']);
      const refusing = file({ do_checks: true, check_command: 'false' });
      expect(await refusing.check('other\n')).to.include({ ok: false });
      expect(await readdir(folder)).to.have.members(['cfg', 'cfg.tmp']);
    }));
});
