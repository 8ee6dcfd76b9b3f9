import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../../../agent/lib/run-command.ts';
import { createConfigFile } from '../../../../agent/synapse/haproxy/config-file.ts';
import { synapseConfig } from '../../../support/synapse-config.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('createConfigFile', () => {
  it("shows HAProxy's own complaints", () =>
    withTemporaryFolder(async (folder) => {
      const { haproxy } = synapseConfig({}, { haproxy_path: 'haproxy' });
      const file = createConfigFile(haproxy, join(folder, 'cfg'), runCommand);
      const result = await file.check('nonsense here\n');
      if (result.ok) return expect.fail();
      expect(result.output).to.include("'nonsense'");
      expect(result.complaints.length).to.be.greaterThan(0);
    }));
});
