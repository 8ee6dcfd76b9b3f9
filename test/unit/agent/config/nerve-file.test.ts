import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadNerveConfig } from '../../../../agent/config/nerve-file.ts';

describe('loadNerveConfig', () => {
  let directory: string;
  let main: string;
  let folder: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nerve-file-'));
    main = join(directory, 'nerve.conf.json');
    folder = join(directory, 'nerve.d');
    await mkdir(folder);
  });
  afterEach(() => rm(directory, { recursive: true }));

  const service = (port: number): object => ({
    host: '10.0.0.5',
    port,
    zk_hosts: ['a:2181'],
    zk_path: '/s',
  });
  const write = (path: string, content: unknown): Promise<void> =>
    writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  const load = (instanceId?: string) => loadNerveConfig({ path: main, instanceId });
  const portsOf = async (): Promise<object> => {
    const loaded = await load();
    if (!loaded.ok) throw new Error(loaded.problems.join());
    return Object.fromEntries(
      Object.entries(loaded.config.services).map(([name, { port }]) => [name, port]),
    );
  };

  it('merges the folder into the services; its files win', async () => {
    const services = { a: service(1), b: service(2) };
    await write(main, { instance_id: 'me', services, service_conf_dir: folder });
    await write(join(folder, 'b.json'), service(22));
    await write(join(folder, 'c.json'), service(3));
    await write(join(folder, 'README.txt'), 'not a service');
    await write(join(folder, '.c.json.tmp'), 'half');
    await write(join(folder, '.#c.json'), 'an editor at work');
    expect(await portsOf()).to.deep.equal({ a: 1, b: 22, c: 3 });
  });

  it('reads YAML, and takes JSON where both are there', async () => {
    const yaml = (port: number): string =>
      `host: 10.0.0.5\nport: ${port}\nzk_hosts: ["a:2181"]\nzk_path: /s\n`;
    main = join(directory, 'nerve.conf.yml');
    await write(main, `instance_id: me\nservice_conf_dir: ${folder}\n`);
    await write(join(folder, 'a.yaml'), yaml(1));
    await write(join(folder, 'b.yaml'), yaml(2));
    await write(join(folder, 'b.json'), service(22));
    await write(join(folder, 'b.v2.yml'), yaml(3));
    expect(await portsOf()).to.deep.equal({ a: 1, b: 22, 'b.v2': 3 });
  });

  it('lets a bad file take out its own service only, whatever the main file says of it', async () => {
    const services = { a: service(1), b: service(2) };
    await write(main, { instance_id: 'me', services, service_conf_dir: folder });
    await write(join(folder, 'b.json'), '{"host":');
    await write(join(folder, 'c.yaml'), 'host: a\nport: [');
    expect(await portsOf()).to.deep.equal({ a: 1 });
    const loaded = await load();
    const rejected = loaded.ok ? Object.fromEntries(loaded.rejected) : {};
    expect(rejected.b?.[0]).to.match(/b\.json: is not JSON: /);
    expect(rejected.c?.[0]).to.match(/c\.yaml: is not YAML that can be used at line 2, column 8: /);
  });

  it('refuses all of it when the main file is bad, missing, or its folder is', async () => {
    await write(main, { instance_id: 'me', services: { a: service(0) }, nope: 1 });
    expect(await load())
      .to.have.property('problems')
      .with.length(2);
    await write(main, { instance_id: 'me', service_conf_dir: join(directory, 'missing') });
    expect(await load()).to.deep.equal({
      ok: false,
      problems: [
        `${main}: service_conf_dir: ${join(directory, 'missing')} cannot be read; must be a folder`,
      ],
    });
    await rm(main);
    expect(await load())
      .to.have.nested.property('problems[0]')
      .that.matches(/^.*nerve\.conf\.json: cannot be read: ENOENT/);
  });

  it('takes the instance id from the command line', async () => {
    await write(main, {});
    expect(await load('given')).to.have.nested.property('config.instance_id', 'given');
    expect(await load()).to.have.property('ok', false);
  });
});
