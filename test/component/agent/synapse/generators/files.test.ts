/** `file_output` and `template` in a running synapse. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../../../support/eventually.ts';
import { createSynapseBed, type SynapseBed } from '../../../../support/synapse-bed.ts';
import { request } from '../../../../support/traffic.ts';

describe('synapse with file_output and templates', () => {
  let bed: SynapseBed;
  let folder = '';

  beforeEach(async () => {
    bed = await createSynapseBed();
    folder = join(bed.haproxy.folder, 'output');
    await mkdir(folder);
  });

  afterEach(() => bed.destroy());

  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

  async function stateOf(generator: string): Promise<string | undefined> {
    const { body } = await request(`${bed.apiUrl}/status`);
    return JSON.parse(body).generators[generator]?.state;
  }

  async function hostsIn(name: string): Promise<readonly string[]> {
    const list: readonly { readonly name: string }[] = JSON.parse(await read(name));
    return list.map((one) => one.name);
  }

  it('writes what the registry says, with HAProxy left out of the configuration', async () => {
    bed.configure({ haproxy: 'none', top: { file_output: { output_directory: folder } } });
    const one = await bed.backend('one');
    await bed.startSynapse();
    await eventually(async () => expect(await hostsIn('web.json')).to.deep.equal([]));
    bed.register(one);
    await eventually(async () => expect(await hostsIn('web.json')).to.deep.equal(['one']));
    const { body } = await request(`${bed.apiUrl}/health`);
    expect(JSON.parse(body)).to.include({ status: 'ok', proxy: 'unwatched', generators: 'ok' });
  });

  it('fails alone: HAProxy and the other generators go on, and so does it in the end', async () => {
    const template_path = join(folder, 'in.txt');
    await writeFile(
      template_path,
      '{{#services}}{{#instances}}{{nmae}}{{/instances}}{{/services}}',
    );
    const blocked = join(folder, 'blocked');
    await writeFile(blocked, 'a file, where a directory should be');
    const listed = {
      template_path: join(folder, 'list.mustache'),
      output_path: join(folder, 'list'),
    };
    await writeFile(
      listed.template_path,
      '{{#service.web.instances}}{{name}} {{/service.web.instances}}',
    );
    bed.configure({
      top: {
        file_output: { output_directory: blocked },
        template: { bad: { template_path, output_path: join(folder, 'out.txt') }, listed },
      },
    });
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startServing(one);
    await eventually(async () => {
      expect(await stateOf('file_output')).to.equal('failing');
      expect(await stateOf('template bad')).to.equal('failing');
      expect(await stateOf('template listed')).to.equal('current');
    });
    const two = await bed.backend('two');
    bed.register(two);
    await bed.expectServing(one, two);
    await eventually(async () => expect(await read('list')).to.equal('one two '));
    await rm(blocked);
    await writeFile(template_path, '{{#service.web}}{{count}}{{/service.web}}');
    await eventually(async () => {
      expect(await hostsIn('blocked/web.json')).to.deep.equal(['one', 'two']);
      expect(await read('out.txt')).to.equal('2');
    });
    const { body } = await request(`${bed.apiUrl}/health`);
    expect(JSON.parse(body)).to.include({ status: 'ok' });
  });

  it('checks what a template makes, applies it, and follows a new configuration', async () => {
    const template_path = join(folder, 'hosts.mustache');
    const output_path = join(folder, 'hosts');
    await writeFile(
      template_path,
      '{{#service.web.instances}}{{endpoint}}\n{{/service.web.instances}}',
    );
    const common = { template_path, output_path, restart_interval: 0 };
    const apply_command = `cp ${output_path} ${folder}/applied`;
    const hosts = { ...common, apply_command, check_command: 'test -s %s' };
    bed.configure({ top: { template: { hosts } } });
    const one = await bed.backend('one');
    const two = await bed.backend('two');
    await bed.startSynapse();
    // Without an instance the file would be empty, which this check does not take.
    await eventually(async () => expect(await stateOf('template hosts')).to.equal('failing'));
    bed.register(one);
    const line = `127.0.0.1:${one.port}\n`;
    await eventually(async () => expect(await read('applied')).to.equal(line));
    bed.configure({ top: { template: { hosts: { ...hosts, check_command: 'false' } } } });
    await bed.synapse().reload();
    bed.register(two);
    await eventually(async () => expect(await stateOf('template hosts')).to.equal('failing'));
    expect([await read('hosts'), await read('applied')]).to.deep.equal([line, line]);
    bed.configure({ top: { template: {} } });
    await bed.synapse().reload();
    expect(await stateOf('template hosts')).to.equal(undefined);
  });
});
