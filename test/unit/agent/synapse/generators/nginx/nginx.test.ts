import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { nginxSchema } from '../../../../../../agent/config/synapse-generators.ts';
import { runCommand } from '../../../../../../agent/lib/run-command.ts';
import { createChangeLog } from '../../../../../../agent/synapse/changes.ts';
import type { GeneratorPass } from '../../../../../../agent/synapse/generators/generator.ts';
import { createNginx } from '../../../../../../agent/synapse/generators/nginx/nginx.ts';
import { createHostResolver } from '../../../../../../agent/synapse/resolve-hosts.ts';
import { createFakeClock, type FakeClock } from '../../../../../support/fake-clock.ts';
import { generatedService, instance } from '../../../../../support/generated-service.ts';
import { createRecordingLogger } from '../../../../../support/recording-logger.ts';
import { withTemporaryFolder } from '../../../../../support/temporary-folder.ts';

interface Bed {
  readonly clock: FakeClock;
  /** With one instance of a service, on this port. */
  pass(port: number): Promise<GeneratorPass>;
  /** The configuration file; `undefined` while there is none. */
  text(): Promise<string | undefined>;
  /** Which commands have run, in order. */
  commands(): Promise<readonly string[]>;
}

function withBed(options: object, work: (bed: Bed) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const clock = createFakeClock();
    const logger = createRecordingLogger();
    const note = (command: string): string => `echo ${command} >> ${folder}/commands`;
    const parsed = nginxSchema.parse({
      contexts: { main: [], events: [] },
      config_file_path: join(folder, 'nginx.conf'),
      check_command: note('check'),
      reload_command: note('reload'),
      start_command: note('start'),
      ...options,
    });
    const { signal } = new AbortController();
    const remembered = new Map<string, string>();
    const resolver = createHostResolver({
      ...{ clock, logger, remembered, signal },
      onChange: () => undefined,
    });
    const changes = createChangeLog(clock, logger);
    const environment = { clock, random: () => 1, logger, runCommand, resolver, changes };
    const nginx = createNginx(parsed, environment);
    const read = (name: string): Promise<string | undefined> =>
      readFile(join(folder, name), 'utf8').catch(() => undefined);
    await work({
      clock,
      pass: (port) => nginx.pass([generatedService([instance('one', port)])]),
      text: () => read('nginx.conf'),
      commands: async () => (await read('commands'))?.trim().split('\n') ?? [],
    });
  });
}

describe('createNginx', () => {
  it('checks its file, starts nginx before the first reload and not before the next', () =>
    withBed({ restart_interval: 0 }, async ({ pass, text, commands }) => {
      await pass(81);
      await pass(82);
      expect(await text()).to.include('server 10.0.0.1:82;');
      expect(await commands()).to.deep.equal(['check', 'start', 'reload', 'check', 'reload']);
    }));

  it('starts nginx alone where it is not to write', () =>
    withBed({ do_writes: false, restart_interval: 0 }, async ({ pass, text, commands }) => {
      await pass(81);
      await pass(82);
      expect(await text()).to.equal(undefined);
      expect(await commands()).to.deep.equal(['start']);
    }));

  it('writes what was checked, and neither starts nor reloads where it is not to', () =>
    withBed({ do_reloads: false, restart_interval: 0 }, async ({ pass, text, commands }) => {
      await pass(81);
      await pass(82);
      expect(await text()).to.include('server 10.0.0.1:82;');
      expect(await commands()).to.deep.equal(['check', 'check']);
    }));

  it('reloads no sooner than restart_interval and its share of restart_jitter say', () =>
    withBed({ restart_interval: 5, restart_jitter: 0.5 }, async ({ clock, pass, commands }) => {
      await pass(81);
      expect(await pass(82)).to.include({ againInMs: 7_500, waitingFor: 'its next reload' });
      await clock.advance(7_500);
      expect(await pass(82)).to.include({ againInMs: undefined, waitingFor: undefined });
      expect(await commands()).to.deep.equal(['check', 'start', 'reload', 'check', 'reload']);
    }));
});
