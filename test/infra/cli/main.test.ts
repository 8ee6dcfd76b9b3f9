import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

describe('infra/cli/main.ts', function () {
  this.timeout(60_000);
  let project: string;

  beforeEach(() => {
    mkdirSync('.smartstack', { recursive: true });
    project = mkdtempSync(join(resolve('.smartstack'), 'cli-'));
    cpSync(join(import.meta.dirname, 'fixture'), project, { recursive: true });
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  function start(
    command: string,
    seconds: string,
    ...further: readonly string[]
  ): { child: ChildProcess; ended: Promise<Ended> } {
    const args = ['infra/cli/main.ts', command, '--project', project, ...further];
    const own = { SMARTSTACK_ENGINE: 'builtin', SLOW_SECONDS: seconds, NO_COLOR: '1' };
    const env = { ...process.env, ...own };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const ended = new Promise<Ended>((settle) => {
      child.on('close', (status) => settle({ status, output }));
    });
    return { child, ended };
  }
  const run = (command: string, seconds = '0') => start(command, seconds).ended;
  /** An `up` that is in the middle of its step. */
  async function startSlow(seconds: number): Promise<ReturnType<typeof start>> {
    const begun = join(project, 'begun');
    const started = start('up', `$(touch ${begun}; echo ${seconds})`);
    await eventually(() => expect(existsSync(begun)).to.equal(true));
    return started;
  }

  it('stands nothing up for a stack that nobody has configured', async () => {
    const { status, output } = await start('up', '0', '--stack', 'vargant').ended;
    expect(status).to.equal(1);
    expect(output).to.equal(
      'there is no stack "vargant"; there is vagrant. ' +
        'A new one starts with a file Pulumi.vargant.yaml\n',
    );
  });

  it('draws who calls whom', async () => {
    const web = { port: 8001, localPort: 3333, on: ['one'] };
    const hosts = { one: { id: 1, roles: ['zookeeper', 'service'] } };
    const catalog = { environment: 'test', ensemble: { size: 1 }, hosts, services: { web } };
    mkdirSync(join(project, 'infra'));
    writeFileSync(
      join(project, 'infra/catalog.ts'),
      `export const catalog = ${JSON.stringify(catalog)};`,
    );
    const out = join(project, 'graph.svg');
    const { status, output } = await start('graph', '0', '--out', out).ended;
    expect(output).to.match(/^Drawn: .*graph\.svg\n$/);
    expect(status).to.equal(0);
    expect(readFileSync(out, 'utf8')).to.include('http :8001, 1 instance');
  });

  it('brings up, finds nothing to change, previews, takes down', async () => {
    const first = await run('up');
    expect(first.status).to.equal(0);
    expect(first.output).to.include('\nwarning: mind the gap\n');
    expect(first.output).to.match(/✓ host +slow created in /);
    expect(first.output).to.include('2 created, 0 updated, 0 deleted, 0 unchanged in ');
    expect((await run('up')).output).to.include('0 created, 0 updated, 0 deleted, 2 unchanged in ');
    const preview = await run('preview', '1');
    expect(preview.output).to.include('-echo begun; sleep 0; echo done');
    expect(preview.output).to.include('0 to create, 1 to update, 0 to delete, 1 unchanged');
    expect((await run('down')).output).to.include('\n2 deleted in ');
  });

  it("prints a program's complaint as it is, and changes nothing", async () => {
    const { status, output } = await run('up', 'wrong');
    expect(status).to.equal(1);
    expect(output.split('\n').slice(1)).to.deep.equal([
      'infra/catalog.ts: two mistakes',
      '',
      'Nothing was changed.',
      '',
    ]);
  });

  it('ends on Ctrl-C within seconds, says how to go on, and goes on', async () => {
    const { child, ended } = await startSlow(60);
    const second = await run('up');
    expect(second.status).to.equal(1);
    expect(second.output).to.include(`another run is at work on this stack: process ${child.pid}`);
    child.kill('SIGINT');
    const { status, output } = await ended;
    expect(status).to.equal(130);
    expect(output).to.include('host/slow').and.include('cut off; it is done again next time');
    expect(output).to.include('`npm run up` goes on from here');
    expect((await run('up')).output).to.include('2 created, 0 updated');
  });

  it('ends at once on a second Ctrl-C, leaving a state to go on from', async () => {
    const { child, ended } = await startSlow(5);
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGINT'), 100);
    expect((await ended).status).to.equal(130);
    expect((await run('up')).status).to.equal(0);
  });

  it('knows its commands', async () => {
    const { status, output } = await run('upp');
    expect(status).to.equal(1);
    expect(output).to.include('Did you mean up?');
  });
});
