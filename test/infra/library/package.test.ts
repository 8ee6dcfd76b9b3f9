/** What `npm pack` gives, in the hands of a user: the example of docs/library.md. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { runCommand, tryCommand } from '../../../infra/prerequisites/command.ts';
import { buildAgentRelease } from '../../../infra/releases/agent.ts';
import { nodeRuntime } from '../../../infra/releases/node-runtime.ts';
import type { Release } from '../../../infra/releases/release.ts';
import { zookeeperRelease } from '../../../infra/releases/zookeeper.ts';

const resultSchema = z.object({
  api: z.array(z.string()),
  resources: z.array(
    z.object({ name: z.string(), type: z.string(), inputs: z.record(z.string(), z.unknown()) }),
  ),
  outputs: z.record(z.string(), z.unknown()),
});

/** As mocks get a secret. */
const secretSchema = z.object({ value: z.record(z.string(), z.unknown()) });

describe('the package', function () {
  this.timeout(300_000);
  let folder: string;
  let program: string;
  let releases: Readonly<Record<'agent' | 'node' | 'zookeeper', Release>>;
  let result: z.output<typeof resultSchema>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'smartstack-package-'));
    program = join(folder, 'program');
    await runCommand('npm', ['pack', '--silent', '--pack-destination', folder]);
    const [tarball = expect.fail('no tarball')] = await readdir(folder);
    await cp('docs/examples/own-program', program, { recursive: true });
    const quietly = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    await runCommand('npm', ['install', ...quietly, join(folder, tarball)], { cwd: program });
    releases = {
      agent: await buildAgentRelease(),
      node: await nodeRuntime('x64'),
      zookeeper: await zookeeperRelease(),
    };
    await fillCache([releases.node, releases.zookeeper]);
    await cp(join(import.meta.dirname, 'record-program.mjs'), join(program, 'record.mjs'));
    const { stdout } = await runCommand(process.execPath, ['record.mjs'], { cwd: program });
    result = resultSchema.parse(JSON.parse(stdout));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** What the package would fetch, and takes for its own where it is by the same name. */
  async function fillCache(made: readonly Release[]): Promise<void> {
    const cache = join(program, '.smartstack/cache');
    await mkdir(cache, { recursive: true });
    for (const { path } of made) await cp(path, join(cache, basename(path)));
  }

  const inputsOf = (name: string): Readonly<Record<string, unknown>> =>
    result.resources.find((resource) => resource.name === name)?.inputs ?? expect.fail(name);
  const compile = () =>
    tryCommand(join(program, 'node_modules/.bin/tsc'), ['-p', program], { cwd: program });

  it('offers what is meant to be used, and nothing else', () => {
    expect([...result.api].sort()).to.deep.equal([
      ...['InvalidEnvironmentError', 'ServiceHost', 'ZookeeperEnsemble', 'ZookeeperMember'],
      ...['checkCatalog', 'defineCatalog', 'defineEnvironments', 'lastDeployed'],
      ...['provisionEnvironment', 'readCatalog', 'releasesIn', 'serviceHostFiles', 'sshHost'],
      'zookeeperFiles',
    ]);
  });

  it('has declarations that the example is checked by', async () => {
    expect(await compile()).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    const wrong = join(program, 'wrong.ts');
    await writeFile(
      wrong,
      `import { sshHost } from 'smartstack';\nsshHost({ name: 'web1', address: 1 });\n`,
    );
    const { code, stdout } = await compile();
    await rm(wrong);
    expect(code).to.equal(2);
    expect(stdout).to.include("Type 'number' is not assignable to type 'string'");
  });

  it('makes an environment of the catalog', () => {
    const registration = inputsOf('web2/etc/smartstack/nerve.d/stock.json');
    const { stdin } = z.object({ stdin: z.string() }).parse(registration);
    expect(JSON.parse(stdin.slice(0, stdin.lastIndexOf('#')))).to.deep.include({
      ...{ host: '10.0.0.22', port: 8001, reporter_type: 'zookeeper' },
      ...{ zk_hosts: ['10.0.0.11:2181'], zk_path: '/shop/services/stock/services' },
    });
    expect(inputsOf('web1/srv/smartstack/stock/stock.mjs').stdin).to.include("end('7 left\\n')");
    expect(inputsOf('zookeeper1/etc/zookeeper/zoo.cfg.dynamic.seed').stdin).to.include(
      'server.11=10.0.0.11:2888:3888:participant;0.0.0.0:2181\n',
    );
    expect(inputsOf('zookeeper1/roll-leader').create).to.include('systemctl restart zookeeper');
  });

  it('brings hosts the same agent, Node and ZooKeeper as the repository does', () => {
    const { agent, node, zookeeper } = releases;
    const uploads = result.resources.filter(({ name }) => name.includes('/upload/'));
    expect(new Set(uploads.map(({ name }) => basename(name)))).to.deep.equal(
      new Set([
        `agent-${agent.hash}.tar.gz`,
        `node-${node.hash}.tar.gz`,
        `zookeeper-${zookeeper.hash}.tar.gz`,
      ]),
    );
  });

  it('keeps what it makes in the folder of the program', async () => {
    const kept = await readdir(join(program, '.smartstack/cache'));
    expect(kept).to.have.members(Object.values(releases).map(({ path }) => basename(path)));
    const installed = await readdir(join(program, 'node_modules/smartstack/dist'));
    expect(installed).to.have.members(['agent', 'infra']);
  });

  it('lives beside what the program makes itself', () => {
    const { connection, create } = inputsOf('first-question');
    expect(create).to.include('http://127.0.0.1:3333/');
    const login = { host: '10.0.0.21', hostKey: 'ssh-ed25519 w1', user: 'admin' };
    expect(secretSchema.parse(connection).value).to.include(login);
    expect(result.outputs).to.deep.include({
      ensemble: '10.0.0.11:2181',
      stock: 'said by first-question',
    });
    expect(result.outputs.hosts).to.have.nested.property('web2.address', '10.0.0.22');
  });

  it('shares the one SDK of the program, and brings no bundler, proxy or cloud along', async () => {
    const modules = join(program, 'node_modules');
    const found = await readdir(modules, { recursive: true });
    const copies = found.filter((path) => path.endsWith('@pulumi/pulumi/package.json'));
    expect(copies).to.deep.equal(['@pulumi/pulumi/package.json']);
    for (const name of ['esbuild', '@pulumi/aws', '@aws-sdk', 'mysql2', 'ssh2']) {
      expect(existsSync(join(modules, name)), name).to.equal(false);
    }
  });
});
