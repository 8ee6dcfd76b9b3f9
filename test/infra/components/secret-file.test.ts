import { runtime } from '@pulumi/pulumi';
import { expect } from 'chai';
import { secretFile } from '../../../infra/components/secret-file.ts';
import type { Host } from '../../../infra/targets/host.ts';
import { freePort } from '../../support/free-ports.ts';
import { recordResources } from '../../support/pulumi-recorder.ts';
import { tutorialCatalog, tutorialHosts } from '../../support/tutorial.ts';
import { EngineHarness } from '../engine/harness.ts';

describe('secretFile', () => {
  const args = { path: '/etc/smartstack/a.secret', content: 'me:hush hush\n', unit: 'nerve' };
  const host = (port: number): Host => {
    const [first] = tutorialHosts(tutorialCatalog());
    if (first === undefined) return expect.fail('the shipped catalog has hosts');
    const connection = { ...first.connection, host: '127.0.0.1', port, dialErrorLimit: 1 };
    return { ...first, name: 'one', connection };
  };

  it('sends its content as a secret, for one user to read, and has its unit reloaded', async () => {
    const resources = await recordResources(() => {
      secretFile(host(22), args, {});
    });
    const {
      stdin,
      create,
      delete: undo,
    } = resources.get('one/etc/smartstack/a.secret')?.inputs ?? {};
    expect(stdin).to.deep.equal({
      [runtime.specialSigKey]: runtime.specialSecretSig,
      value: 'me:hush hush\n\n# end\n',
    });
    expect(create).to.match(/MODE='\\''0400'\\''\nOWNER='\\''smartstack'\\''/);
    expect(create).to.include('systemctl reload nerve').and.not.include('hush');
    expect(undo).to.include("rm -f '\\''/etc/smartstack/a.secret'\\''");
  });

  describe('by the built-in engine', () => {
    let harness: EngineHarness;
    beforeEach(() => {
      harness = new EngineHarness();
    });
    afterEach(() => harness.remove());

    it('shows its content nowhere, and keeps it in no state', async () => {
      const port = await freePort();
      const program = async (): Promise<object> => {
        secretFile(host(port), args, {});
        return {};
      };
      const preview = await harness.run('preview', program);
      expect(preview.told).to.deep.equal(['planned:create:one/etc/smartstack/a.secret']);
      const up = await harness.run('up', program);
      expect(up.failures).to.have.length(1);
      const told = JSON.stringify([preview.events, up.events, up.failures]);
      expect(told).to.include('a.secret').and.not.include('hush');
      expect(harness.stateText()).not.to.include('hush');
    });
  });
});
