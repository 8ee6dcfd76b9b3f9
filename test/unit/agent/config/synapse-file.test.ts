import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSynapseConfig } from '../../../../agent/config/synapse-file.ts';

const examples = 'test/support/compat/synapse';

describe('loadSynapseConfig', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'synapse-config-'));
    await cp(examples, folder, { recursive: true });
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(name: string, value: unknown): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
    return path;
  }

  async function problemsOf(path: string): Promise<readonly string[]> {
    const loaded = await loadSynapseConfig(path);
    const problems = loaded.ok ? [...loaded.rejected.values()].flat() : loaded.problems;
    return problems.map((one) => one.replaceAll(`${folder}/`, ''));
  }

  it("loads the original's example", async () => {
    const loaded = await loadSynapseConfig(join(folder, 'synapse.conf.json'));
    if (!loaded.ok) return expect.fail(loaded.problems.join('\n'));
    expect(Object.keys(loaded.config.services)).to.deep.equal(['service1', 'service2']);
    expect(loaded.config.haproxy).to.deep.include({
      do_writes: false,
      socket_file_path: ['/var/haproxy/stats.sock'],
    });
  });

  it("loads the original's other examples", async () => {
    expect(await problemsOf(join(folder, 'hostheader_test.json'))).to.deep.equal([]);
    const loaded = await loadSynapseConfig(join(folder, 'discovery-multi.conf.json'));
    if (!loaded.ok) return expect.fail(loaded.problems.join('\n'));
    const discovery = loaded.config.services.service1?.discovery;
    if (discovery?.method !== 'multi') return expect.fail('not merged');
    expect(Object.keys(discovery.watchers)).to.deep.equal(['secondary', 'primary']);
    expect(discovery.resolver.method).to.equal('fallback');
  });

  it('merges a folder of services, and names the file of a problem in one', async () => {
    const { haproxy } = {
      haproxy: { global: [], defaults: [], do_writes: false, do_socket: false, do_reloads: false },
    };
    const services = join(folder, 'synapse_services');
    await write('synapse_services/service1.json', { discovery: { method: 'base' }, nope: 1 });
    await write('synapse_services/service2.json', { discovery: { method: 'base' } });
    await write('synapse_services/.#service2.json', 'an editor at work');
    const path = await write('main.json', { haproxy, service_conf_dir: services });
    const problems = await problemsOf(path);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/^synapse_services\/service1\.json: nope: unknown option "nope"/);
    await write('synapse_services/service1.json', { discovery: { method: 'base' } });
    const loaded = await loadSynapseConfig(path);
    expect(loaded.ok && Object.keys(loaded.config.services)).to.deep.equal([
      'service1',
      'service2',
    ]);
  });

  it('leaves out the services whose files are bad, and those that want what others have', async () => {
    const services = join(folder, 'synapse_services');
    const on = (port: number) => ({ discovery: { method: 'base' }, haproxy: { port } });
    await write('synapse_services/service1.json', on(1_001));
    await write('synapse_services/service2.json', '{');
    await write('synapse_services/service3.json', { ...on(1_003), nope: 1 });
    await write('synapse_services/service4.json', on(1_001));
    await write('synapse_services/service5.json', on(1_000));
    const haproxy = {
      ...{ global: [], defaults: [], do_writes: false, do_socket: false, do_reloads: false },
    };
    const own = { service0: on(1_000), service2: on(1_002) };
    const main = { haproxy, service_conf_dir: services, services: own };
    const loaded = await loadSynapseConfig(await write('main.json', main));
    if (!loaded.ok) return expect.fail(loaded.problems.join('\n'));
    // Nor is it the main file's, where its own file is bad.
    expect(Object.keys(loaded.config.services)).to.deep.equal(['service0', 'service1']);
    expect([...loaded.rejected.keys()].sort()).to.deep.equal([
      ...['service2', 'service3', 'service4', 'service5'],
    ]);
    expect(loaded.rejected.get('service4')?.[0]).to.match(
      /service4\.json: haproxy\.port: localhost:1001 is taken by the service service1; must be/,
    );
  });

  it('refuses everything for a mistake in the main file, and tells of all', async () => {
    await write('synapse_services/service1.json', '{');
    await write('synapse_services/service2.json', { discovery: { method: 'base' } });
    const services = join(folder, 'synapse_services');
    const path = await write('main.json', { service_conf_dir: services, nope: 1 });
    const problems = await problemsOf(path);
    expect(problems[0]).to.match(/^synapse_services\/service1\.json: is not JSON/);
    expect(problems.some((one) => /^main\.json: nope/.test(one))).to.equal(true);
  });

  it('tells the files of services apart whose names begin alike', async () => {
    const services = join(folder, 'synapse_services');
    await write('synapse_services/service1.v2.json', { discovery: { method: 'base' }, nope: 1 });
    const path = await write('main.json', { service_conf_dir: services });
    const [problem] = (await problemsOf(path)).filter((one) => one.includes('nope'));
    expect(problem).to.match(/^synapse_services\/service1\.v2\.json: nope: unknown option/);
  });

  it('says what is wrong with a file that cannot be read, or is no JSON', async () => {
    expect((await problemsOf(join(folder, 'none.json')))[0]).to.match(
      /^none\.json: cannot be read/,
    );
    expect((await problemsOf(await write('a.json', '{')))[0]).to.match(/^a\.json: is not JSON/);
    expect((await problemsOf(await write('a.yaml', 'haproxy:\n\tx: 1')))[0]).to.match(
      /^a\.yaml: is not YAML that can be used at line 2, column 1: /,
    );
  });
});
