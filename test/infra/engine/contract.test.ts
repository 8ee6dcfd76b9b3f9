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
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { pulumiEngine, pulumiVersion } from '../../../infra/cli/engines/pulumi-cli.ts';
import { openWorkspace } from '../../../infra/cli/workspace.ts';
import { readStackConfig } from '../../../infra/engine/config-file.ts';
import type { ValueMap } from '../../../infra/engine/values.ts';
import { startSshd, type TestSshd } from '../../support/sshd.ts';
import { EngineHarness } from './harness.ts';

/** What one engine did in one act. */
interface Act {
  readonly ok: boolean;
  /** What the commands logged, in order of their running. */
  readonly log: readonly string[];
  readonly outputs: ValueMap;
}

type Play = (mode: 'up' | 'down', version: string) => Promise<Act>;

const acts = [
  ['up', 'one'],
  ['up', 'one'],
  ['up', 'two'],
  ['up', 'broken'],
  ['up', 'three'],
  ['down', 'three'],
] as const;

describe('engine contract', function () {
  this.timeout(120_000);
  let sshd: TestSshd;
  let builtin: readonly Act[];

  before(async () => {
    sshd = await startSshd();
    builtin = await perform(await builtinPlay(sshd));
  });
  after(() => sshd.stop());

  it('creates, leaves alone, updates, replaces, fails in part, recovers, deletes', () => {
    const [created, again, updated, broken, recovered, gone] = builtin;
    expect(created?.ok).to.equal(true);
    expect(created?.outputs).to.deep.include({
      written: 'wrote 12',
      current: 'one',
      lastly: 'DEPENDENT',
    });
    expect(again?.log).to.deep.equal([]);
    expect(updated?.log).to.include.members([
      'file:update',
      'replaced:create:two',
      'sometimes:delete',
    ]);
    expect(updated?.log).to.not.include('ignoring:create');
    expect(broken?.ok).to.equal(false);
    expect(broken?.log).to.include('replaced:create:broken').and.not.include('dependent:create');
    expect(recovered?.ok).to.equal(true);
    expect(gone?.log).to.include('file:delete').and.not.include('retained:delete');
  });

  it('is the same on the Pulumi CLI', async function () {
    if ((await pulumiVersion()) === undefined) {
      console.log('      skipped: there is no Pulumi CLI on PATH to compare with');
      this.skip();
    }
    const real = await perform(await pulumiPlay(sshd));
    for (const [index, [mode, version]] of acts.entries()) {
      const act = `${index + 1}: ${mode} ${version}`;
      expect(comparable(builtin[index]), act).to.deep.equal(comparable(real[index]));
    }
  });
});

// Branches run side by side: only what depends on each other has an order. After a failure the
// CLI shows "unknown" for what depends on it, where the built-in engine keeps the last value.
function comparable(act: Act | undefined): object {
  if (act === undefined) throw new Error('an act is missing');
  const { lastly: _lastly, ...others } = act.outputs;
  return { ok: act.ok, ran: [...act.log].sort(), outputs: act.ok ? act.outputs : others };
}

async function perform(play: Play): Promise<readonly Act[]> {
  const results: Act[] = [];
  for (const [mode, version] of acts) results.push(await play(mode, version));
  return results;
}

async function builtinPlay(sshd: TestSshd): Promise<Play> {
  const stage = await makeStage(sshd);
  const harness = new EngineHarness();
  let runs = 0;
  return async (mode, version) => {
    stage.configure(version);
    // The module cache would keep the program from running again.
    runs += 1;
    const main = `${pathToFileURL(stage.workspace.main).href}?run=${runs}`;
    const result = await harness.run(mode, () => import(main), {
      project: 'contract',
      stack: 'contract',
      directory: stage.workspace.root,
      config: await readStackConfig(stage.workspace.configPath, 'unused'),
    });
    expect(result.programErrors).to.deep.equal([]);
    const { outputs, failures } = result;
    const act = { ok: failures.length === 0, log: stage.takeLog(), outputs };
    if (mode === 'down') {
      stage.remove();
      harness.remove();
    }
    return act;
  };
}

async function pulumiPlay(sshd: TestSshd): Promise<Play> {
  const stage = await makeStage(sshd);
  const engine = pulumiEngine(stage.workspace, '', 'ignore');
  const view = { event: () => {}, end: () => {}, note: () => {} };
  const never = new AbortController().signal;
  return async (mode, version) => {
    stage.configure(version);
    const end = await engine[mode](view, { stop: never, kill: never });
    const act = { ok: end === 'done', outputs: await engine.outputs(), log: stage.takeLog() };
    if (mode === 'down') stage.remove();
    return act;
  };
}

/** A copy of the fixture with a "host" directory of its own, where node_modules is in reach. */
async function makeStage(sshd: TestSshd) {
  const own = resolve('.smartstack');
  mkdirSync(own, { recursive: true });
  const root = mkdtempSync(join(own, 'contract-'));
  cpSync(join(import.meta.dirname, 'fixture'), root, { recursive: true });
  const workspace = await openWorkspace('contract', root);
  const directory = join(root, 'host');
  mkdirSync(directory);
  const log = join(directory, 'log');
  return {
    workspace,
    configure: (version: string) => {
      const { port, user, privateKey, hostKey } = sshd;
      const values = { directory, version, port, user, privateKey, hostKey };
      const config = Object.fromEntries(
        Object.entries(values).map(([key, value]) => [`contract:${key}`, value]),
      );
      const kept = existsSync(workspace.configPath) ? saltLine(workspace.configPath) : '';
      writeFileSync(workspace.configPath, kept + stringify({ config }));
    },
    takeLog: () => {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
      rmSync(log, { force: true });
      return lines;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

// The CLI keeps the salt of its secrets in the stack's configuration.
function saltLine(path: string): string {
  return readFileSync(path, 'utf8').match(/^encryptionsalt: .*\n/m)?.[0] ?? '';
}
