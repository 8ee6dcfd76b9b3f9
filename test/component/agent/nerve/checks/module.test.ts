import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { leavingNothing, passed, reasonOf, runTestCheck } from '../../../../support/check-bed.ts';
import { startHealthServer } from '../../../../support/health-server.ts';
import { withTemporaryFolder } from '../../../../support/temporary-folder.ts';

const example = fileURLToPath(
  new URL('../../../../../docs/examples/custom-check.mjs', import.meta.url),
);

describe('module check', function () {
  this.timeout(60_000);
  const run = (path: string, options: object = {}, port = 4711) =>
    runTestCheck(port, { type: 'module', path, ...options });

  /** Runs `work` with the path of a module that has this source, and a way to change it. */
  const withModule = (
    source: string,
    work: (path: string, change: (source: string) => Promise<void>) => Promise<void>,
  ): Promise<void> =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'a check.mjs');
      let seconds = 1_000_000_000;
      const change = async (text: string): Promise<void> => {
        await writeFile(path, text);
        // File systems differ in how finely they tell times apart.
        seconds += 1;
        await utimes(path, seconds, seconds);
      };
      await change(source);
      await work(path, change);
    });
  const reasonOfSource = async (source: string): Promise<string> => {
    let reason = '';
    await withModule(source, async (path) => {
      reason = await reasonOf(run(path));
    });
    return reason;
  };

  it('runs the example of the documentation', async () => {
    const service = await startHealthServer();
    const options = { options: { path: '/queue', longest: 2 } };
    service.respond(200, '{"queued": 2}');
    expect(await run(example, options, service.port)).to.deep.equal(passed);
    service.respond(200, '{"queued": 3}');
    expect(await reasonOf(run(example, options, service.port))).to.equal(
      '3 requests are waiting, more than 2',
    );
    service.respond(503);
    expect(await reasonOf(run(example, options, service.port))).to.equal('status 503');
    service.hang();
    expect(await reasonOf(run(example, { ...options, timeout: 0.2 }, service.port))).to.equal(
      'no answer within 200 ms',
    );
    await service.close();
  });

  it('hands over where the service is, and the options', async () => {
    const source = `export default ({ host, port, options, signal }) =>
      ({ passed: false, reason: JSON.stringify([host, port, options, signal.aborted]) });`;
    await withModule(source, async (path) => {
      expect(await reasonOf(run(path, { options: { a: [1] } }))).to.equal(
        '["127.0.0.1",4711,{"a":[1]},false]',
      );
    });
  });

  it('loads it anew when it changed, and only then', async () => {
    const count = 'let runs = 0; export const check = () => ({ passed: false, reason: ';
    await withModule(`${count}"old " + ++runs });`, async (path, change) => {
      expect(await reasonOf(run(path))).to.equal('old 1');
      expect(await reasonOf(run(path))).to.equal('old 2');
      await change(`${count}"new " + ++runs });`);
      expect(await reasonOf(run(path))).to.equal('new 1');
      await change('export default 1 +');
      expect(await reasonOf(run(path))).to.match(/a check\.mjs cannot be loaded: \S/);
      await change('export default async () => true');
      expect(await run(path)).to.deep.equal(passed);
    });
  });

  it('fails with what it throws, in one line', async () => {
    expect(await reasonOfSource('export default () => { throw new Error("no\\ndice"); }')).to.equal(
      'no dice',
    );
  });

  it('fails without a reason of its own', async () => {
    expect(await reasonOfSource('export default () => false')).to.equal('the module says so');
  });

  it('says what is wrong with a module that is no check', async () => {
    expect(await reasonOfSource('export default 1;')).to.equal(
      'the module exports no function, neither as its default nor as "check"',
    );
    expect(await reasonOfSource('export default () => "yes"')).to.equal(
      'the module gave neither a boolean nor { passed, reason }',
    );
    expect(await reasonOf(run('/no/such/check.mjs'))).to.match(/^path cannot be read: ENOENT/);
  });

  it('aborts it at the time-out', async () => {
    const source = `import { setTimeout } from 'node:timers/promises';
      import { createServer } from 'node:net';
      export default async ({ signal }) => {
        const server = createServer().listen({ port: 0, host: '127.0.0.1', signal });
        await setTimeout(600000, undefined, { signal });
      };`;
    await withModule(source, async (path) => {
      await leavingNothing(async () => {
        expect(await reasonOf(run(path, { timeout: 0.2 }))).to.equal('no answer within 200 ms');
      });
    });
  });
});
