import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually, throughout } from '../../../../support/eventually.ts';
import { startWatcher, type WatcherBed } from '../../../../support/watcher-bed.ts';

describe('discovery in a file', () => {
  let folder: string;
  let bed: WatcherBed | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'file-discovery-'));
  });

  afterEach(async () => {
    await bed?.stop();
    bed = undefined;
    await rm(folder, { recursive: true });
  });

  async function put(name: string, content: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(`${path}.new`, content);
    await rename(`${path}.new`, path);
    return path;
  }

  const instances = (...ports: readonly number[]): string =>
    JSON.stringify(
      ports.map((port) => ({ host: '10.0.0.1', port, name: 'a', labels: { x: 'y' } })),
    );
  const finds = (...ports: readonly number[]): Promise<unknown> =>
    eventually(() =>
      expect(bed?.servers()).to.deep.equal(ports.map((port) => `a_10.0.0.1:${port}`)),
    );
  const follow = (path: string, port?: number): void => {
    const override = port === undefined ? {} : { backend_port_override: port };
    bed = startWatcher({ discovery: { method: 'file', path }, ...override });
  };

  it('finds instances, sees them change, and believes an empty list', async () => {
    const path = await put('web.json', instances(1, 2));
    follow(path);
    await finds(1, 2);
    expect(bed?.last().instances[0]).to.deep.include({ labels: { x: 'y' }, unvouched: true });
    await put('web.json', instances(2));
    await finds(2);
    await put('web.json', '[]');
    await finds();
  });

  it('reads YAML, and takes ports from the service', async () => {
    follow(await put('web.yaml', '- host: a.example\n- {host: b.example, port: 81}\n'), 80);
    await eventually(() => expect(bed?.servers()).to.deep.equal(['a.example:80', 'b.example:81']));
  });

  it('waits for a file that comes later', async () => {
    follow(join(folder, 'web.json'));
    await eventually(() => expect(bed?.logger.events()).to.deep.equal(['source-unreachable']));
    await put('web.json', instances(1));
    await finds(1);
  });

  const bad = {
    'that is gone': undefined,
    'that is no JSON': '[{',
    'that is no list': '{"host": "a", "port": 1}',
    'that is too large': `[${'"a",'.repeat(2_000_000)}"a"]`,
  };
  for (const [what, content] of Object.entries(bad)) {
    it(`keeps what it found over a file ${what}`, async () => {
      const path = await put('web.json', instances(1));
      follow(path);
      await finds(1);
      if (content === undefined) await rm(path);
      else await put('web.json', content);
      await eventually(() => expect(bed?.watcher.status.watching).to.equal(false));
      await throughout(() => expect(bed?.found).to.have.length(1), { durationMs: 100 });
      await put('web.json', instances(2));
      await finds(2);
    });
  }

  it('leaves out what is no instance, and names it', async () => {
    const entries = ['1', 'null', '[]', '{"host": "a b", "port": 1}', '{"host": "a"}'];
    follow(await put('web.json', `[${entries.join()}, ${instances(1).slice(1)}`));
    await finds(1);
    const reason = 'host is no address or host name';
    expect(bed?.last().rejected).to.deep.equal([
      ...[0, 1, 2, 3].map((index) => ({ node: `[${index}]`, reason })),
      { node: '[4]', reason: 'port is no integer from 1 to 65535' },
    ]);
  });
});
