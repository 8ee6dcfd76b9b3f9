import { expect } from 'chai';
import type { ConfigFile } from '../../../../../agent/synapse/haproxy/config-file.ts';
import { createFileKeeper } from '../../../../../agent/synapse/haproxy/file-keeper.ts';
import { RunningState } from '../../../../../agent/synapse/haproxy/running-state.ts';
import { composeSections } from '../../../../../agent/synapse/haproxy/sections.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';
import { type ServiceInput, synapseConfig } from '../../../../support/synapse-config.ts';

const complaint = "[ALERT] (1) : config : [/c.cfg:1] : 'server web/bad' : no such thing.";

/** HAProxy refuses the server `bad`. */
const refusing: ConfigFile = {
  read: async () => undefined,
  check: async () => ({ ok: false, output: complaint, complaints: [complaint] }),
  publish: async () => ({ ok: false, output: complaint, complaints: [complaint] }),
  putBack: async () => undefined,
};

describe('FileKeeper', () => {
  for (const [what, serverOptions, common] of [
    ['options of the file', 'check inter 1s', ['check', 'inter', '1s']],
    ['a cookie and a weight of the file', 'check cookie x weight 5', ['check', 'cookie', 'x']],
  ] as const) {
    const publish = async (own: readonly string[]): Promise<string> => {
      const web: ServiceInput = {
        discovery: { method: 'base' },
        haproxy: { server_options: serverOptions },
      };
      const sections = composeSections(synapseConfig({ web }), 'host');
      const options = {
        file: refusing,
        state: new RunningState(),
        logger: createRecordingLogger(),
      };
      const words = ['id', '1', ...common, ...own, 'weight', '5'];
      const servers = new Map([['web', [{ name: 'bad', address: '10.0.0.1:80', words }]]]);
      return await createFileKeeper(options).publish(sections, servers);
    };

    it(`blames a server for one word of its own beside ${what}`, async () => {
      expect(await publish(['backup'])).to.equal('blamed');
    });

    it(`does not blame a server for ${what}`, async () => {
      expect(await publish([])).to.equal('refused');
    });
  }
});
