import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { SynapseConfig } from '../../../../../agent/config/synapse.ts';
import {
  type CheckConfig,
  loadSettings,
  SettingsKeeper,
  saveSettings,
} from '../../../../../agent/synapse/settings/keeper.ts';
import type { RegistrySettings } from '../../../../../agent/synapse/settings/parse.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';
import { type ServiceInput, synapseConfig } from '../../../../support/synapse-config.ts';
import { withTemporaryFolder } from '../../../../support/temporary-folder.ts';

const discovery = { method: 'zookeeper' as const, path: '/s', hosts: ['a:2181'] };
const order = (backend_order: string): RegistrySettings => ({ haproxy: { backend_order } });
const raw = (line: string): RegistrySettings => ({ haproxy: { backend: [line] } });

describe('SettingsKeeper', () => {
  const logger = createRecordingLogger();
  let changes: number;
  let checks: number;

  function keeper(remembered: Readonly<Record<string, RegistrySettings>> = {}): SettingsKeeper {
    changes = 0;
    checks = 0;
    const onChange = (): void => {
      changes += 1;
    };
    return new SettingsKeeper({
      logger,
      onChange,
      remembered: new Map(Object.entries(remembered)),
    });
  }

  const check: CheckConfig = async ({ services }) => {
    checks += 1;
    const bad = Object.values(services).some(({ haproxy }) => haproxy.backend.includes('bad'));
    return bad ? { ok: false, output: 'bad', complaints: ['bad'] } : { ok: true };
  };

  function config(names: readonly string[], more: Partial<ServiceInput> = {}): SynapseConfig {
    const service = { discovery, trust_registry_config: true, ...more };
    return synapseConfig(Object.fromEntries(names.map((name) => [name, service])));
  }

  const backends = ({ services }: SynapseConfig): readonly (readonly string[])[] =>
    Object.values(services).map(({ haproxy }) => haproxy.backend);

  it('tells of changes, and of nothing else', async () => {
    const settings = keeper();
    settings.take('web', {});
    settings.take('web', order('asc'));
    settings.take('web', order('asc'));
    settings.take('web', {});
    expect(changes).to.equal(2);
    expect((await settings.adopt(config(['web']), check)).services).to.deep.equal(
      config(['web']).services,
    );
    // HAProxy is asked about nothing that is as in the file.
    expect(checks).to.equal(0);
  });

  it('leaves out those that HAProxy does not take, service by service, and asks once', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `s${index}`);
    const settings = keeper();
    for (const name of names)
      settings.take(name, raw(name === 's5' || name === 's11' ? 'bad' : 'good'));
    const adopted = await settings.adopt(config(names), check);
    expect(backends(adopted).filter((lines) => lines.join() === 'good')).to.have.length(14);
    expect(adopted.services.s5?.haproxy.backend).to.deep.equal([]);
    expect(settings.refused.map(({ service }) => service)).to.deep.equal(['s5', 's11']);
    expect(checks).to.be.lessThan(24);
    checks = 0;
    await settings.adopt(config(names), check);
    expect(checks).to.equal(1);
    settings.take('s5', raw('good'));
    expect((await settings.adopt(config(names), check)).services.s5?.haproxy.backend).to.eql([
      'good',
    ]);
    expect(logger.lines.filter(({ event }) => event === 'setting-refused')).to.have.length(2);
  });

  it('forgets those of services that are gone, or read none any more', async () => {
    const settings = keeper({ a: order('asc'), b: order('asc'), c: order('asc') });
    const disabled = { ...discovery, generator_config_path: 'disabled' };
    const now = synapseConfig({ a: { discovery }, b: { discovery: disabled } });
    await settings.adopt(now, check);
    expect([...settings.settings.keys()]).to.deep.equal(['a']);
  });

  it('remembers them over a restart, and makes nothing of a file that is none', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'state.json');
      const all = new Map([['web', raw('good')]]);
      await saveSettings(path, all);
      expect(await loadSettings(path, logger)).to.deep.equal(all);
      await saveSettings(path, new Map());
      expect(await loadSettings(path, logger)).to.deep.equal(new Map());
      for (const text of ['{', '[]', '{"web": 1}', '{"web": {"haproxy": []}}']) {
        await writeFile(`${path}.settings`, text);
        expect(await loadSettings(path, logger), text).to.deep.equal(new Map());
      }
      expect(await readFile(`${path}.settings`, 'utf8')).to.include('[]');
    }));
});
