import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseSynapseConfig, type SynapseConfig } from '../../../../../agent/config/synapse.ts';
import { systemClock } from '../../../../../agent/lib/clock.ts';
import { runCommand } from '../../../../../agent/lib/run-command.ts';
import { createChangeLog } from '../../../../../agent/synapse/changes.ts';
import { Generators } from '../../../../../agent/synapse/generators/generators.ts';
import { eventually } from '../../../../support/eventually.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';
import { withTemporaryFolder } from '../../../../support/temporary-folder.ts';

function configOf(value: object): SynapseConfig {
  const result = parseSynapseConfig({ file_output: { output_directory: '/' }, ...value });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}

function create(signal: AbortSignal): Generators {
  const logger = createRecordingLogger();
  return new Generators({
    clock: systemClock,
    random: Math.random,
    logger,
    runCommand,
    changes: createChangeLog(systemClock, logger),
    resolver: {
      prepare: async () => undefined,
      addressOf: (host) => host,
      addresses: () => new Map(),
    },
    entries: () => new Map(),
    signal,
  });
}

describe('Generators', () => {
  it('starts, keeps, replaces and ends them as the configuration says', async () => {
    await withTemporaryFolder(async (folder) => {
      const stop = new AbortController();
      const generators = create(stop.signal);
      const ended = generators.run();
      const writing = (name: string): SynapseConfig =>
        configOf({ file_output: { output_directory: join(folder, name) } });
      const states = () =>
        Object.entries(generators.status).map(([name, { state }]) => [name, state]);
      generators.configure(writing('first'));
      expect(states()).to.deep.equal([['file_output', 'starting']]);
      await eventually(() => expect(states()).to.deep.equal([['file_output', 'current']]));
      // The same options: it goes on.
      generators.configure(writing('first'));
      expect(states()).to.deep.equal([['file_output', 'current']]);
      generators.configure(writing('second'));
      expect(states()).to.deep.equal([['file_output', 'starting']]);
      await eventually(async () => expect(await readdir(folder)).to.include('second'));
      generators.configure(configOf({ file_output: undefined, template: { t: template(folder) } }));
      await eventually(() => expect(states()).to.deep.equal([['template t', 'failing']]));
      stop.abort();
      await ended;
    });
  });
});

function template(folder: string) {
  return { template_path: join(folder, 'missing'), output_path: join(folder, 'out') };
}
