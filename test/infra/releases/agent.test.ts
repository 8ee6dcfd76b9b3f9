import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../../infra/prerequisites/command.ts';
import { agentPrograms, buildAgentRelease } from '../../../infra/releases/agent.ts';
import { withTemporaryFolder } from '../../support/temporary-folder.ts';

describe('buildAgentRelease', () => {
  it('gives the same release for the same code', async () => {
    await withTemporaryFolder(async (cacheFolder) => {
      const first = await buildAgentRelease({ cacheFolder: join(cacheFolder, 'one') });
      const second = await buildAgentRelease({ cacheFolder: join(cacheFolder, 'two') });
      expect(first.hash).to.equal(second.hash);
      const digests = await runCommand('sha256sum', [first.path, second.path]);
      const [one, two] = digests.stdout.split('\n').map((line) => line.slice(0, 64));
      expect(one).to.equal(two);
    });
  });

  it('bundles programs that run on Node alone', async () => {
    await withTemporaryFolder(async (folder) => {
      const { path } = await buildAgentRelease({ cacheFolder: folder });
      await runCommand('tar', ['-xzf', path, '-C', folder]);
      for (const program of agentPrograms) {
        const options = { cwd: folder, env: {} };
        const args = [join(folder, `${program}.mjs`), '--version'];
        const { stdout } = await runCommand(process.execPath, args, options);
        expect(stdout).to.match(/\d+\.\d+\.\d+/);
      }
    });
  });

  it('keeps the drivers of checks in chunks that load on Node alone, when they are used', async () => {
    await withTemporaryFolder(async (folder) => {
      const { path } = await buildAgentRelease({ cacheFolder: folder });
      await runCommand('tar', ['-xzf', path, '-C', folder]);
      const chunks = await readdir(join(folder, 'chunks'));
      for (const kind of ['redis', 'rabbitmq', 'postgresql', 'mysql', 'grpc', 'parse-yaml']) {
        const chunk = chunks.find((name) => name.startsWith(`${kind}-`)) ?? expect.fail(kind);
        const script = `await import(${JSON.stringify(join(folder, 'chunks', chunk))})`;
        const options = { cwd: folder, env: {} };
        await runCommand(process.execPath, ['--input-type=module', '-e', script], options);
        expect(await loadedAtStart(folder, 'nerve.mjs')).to.not.include(`chunks/${chunk}`);
      }
    });
  });

  it('keeps the AWS clients in chunks that work on Node alone, when they are used', async () => {
    await withTemporaryFolder(async (folder) => {
      const { path } = await buildAgentRelease({ cacheFolder: folder });
      await runCommand('tar', ['-xzf', path, '-C', folder]);
      const chunks = await readdir(join(folder, 'chunks'));
      const nobody = 'http://127.0.0.1:1';
      const keys = { aws_access_key_id: 'a', aws_secret_access_key: 'b' };
      const clients = {
        'ec2-client': [
          'createEc2Client',
          { ...keys, tag_name: 'a', tag_value: 'b', aws_endpoint_url: nobody },
        ],
        's3-object': ['createObjectReader', { s3_url: 's3://a/b', s3_endpoint_url: nobody }],
      } as const;
      for (const [kind, [create, config]] of Object.entries(clients)) {
        const chunk = chunks.find((name) => name.startsWith(`${kind}-`)) ?? expect.fail(kind);
        const script = `
          const { ${create} } = await import(${JSON.stringify(join(folder, 'chunks', chunk))});
          const ask = ${create}(${JSON.stringify(config)});
          await ask(AbortSignal.timeout(10_000)).catch(({ code }) => console.log(code));`;
        const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_MAX_ATTEMPTS: '1' };
        const args = ['--input-type=module', '-e', script];
        const { stdout } = await runCommand(process.execPath, args, { cwd: folder, env });
        expect(stdout.trim()).to.equal('ECONNREFUSED');
        expect(await loadedAtStart(folder, 'synapse.mjs')).to.not.include(`chunks/${chunk}`);
      }
    });
  });

  it('loads templates of users when there are some', async () => {
    await withTemporaryFolder(async (folder) => {
      const { path } = await buildAgentRelease({ cacheFolder: folder });
      await runCommand('tar', ['-xzf', path, '-C', folder]);
      const chunks = await readdir(join(folder, 'chunks'));
      const chunk = chunks.find((name) => name.startsWith('render-template-')) ?? expect.fail();
      expect(await readFile(join(folder, 'chunks', chunk), 'utf8')).to.match(/mustache/i);
      expect(await loadedAtStart(folder, 'synapse.mjs')).to.not.include(`chunks/${chunk}`);
    });
  });
});

/** A module and all that it imports statically, and those in turn. */
async function loadedAtStart(folder: string, entry: string): Promise<readonly string[]> {
  const found = new Set([entry]);
  for (const path of found) {
    const source = await readFile(join(folder, path), 'utf8');
    for (const [, to = ''] of source.matchAll(/^(?:import|\} from|.* from) "(\.[^"]+)";$/gm)) {
      found.add(join(path, '..', to));
    }
  }
  return [...found];
}
