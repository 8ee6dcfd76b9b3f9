import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../../../../agent/lib/run-command.ts';
import {
  PublishedFile,
  type PublishedFileOptions,
} from '../../../../../agent/synapse/generators/published-file.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';
import { generatedService, instance } from '../../../../support/generated-service.ts';
import { withTemporaryFolder } from '../../../../support/temporary-folder.ts';

const services = [generatedService([instance('one', 80)])];

interface Bed {
  readonly folder: string;
  readonly path: string;
  readonly clock: FakeClock;
  /** As after a restart: what it remembers is on the disk. */
  file(commands?: Partial<PublishedFileOptions>): PublishedFile;
  read(name: string): Promise<string | undefined>;
}

function withBed(work: (bed: Bed) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const clock = createFakeClock();
    const path = join(folder, 'out.conf');
    const file: Bed['file'] = (commands = {}) =>
      new PublishedFile({
        path,
        candidatePath: `${path}.tmp`,
        mode: 0o640,
        check: `grep -q good ${path}`,
        apply: `cat ${path} >> ${folder}/applied`,
        restart_interval: 2,
        restart_jitter: 0.5,
        clock,
        random: () => 1,
        runCommand,
        ...commands,
      });
    const read = (name: string): Promise<string | undefined> =>
      readFile(join(folder, name), 'utf8').catch(() => undefined);
    await work({ folder, path, clock, file, read });
  });
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  const reason = await work.then(() => 'none').catch((error: unknown) => String(error));
  return reason;
}

describe('PublishedFile', () => {
  it('puts checked text in place and applies it, once', () =>
    withBed(async ({ file, read, folder }) => {
      const published = file();
      expect(await published.publish('good 1\n', services)).to.deep.equal({ kind: 'applied' });
      expect(await published.publish('good 1\n', services)).to.deep.equal({ kind: 'current' });
      // A new life knows that it was applied.
      expect(await file().publish('good 1\n', services)).to.deep.equal({ kind: 'current' });
      expect([await read('out.conf'), await read('applied')]).to.deep.equal([
        'good 1\n',
        'good 1\n',
      ]);
      expect(await readdir(folder)).to.have.members(['out.conf', 'applied', '.out.conf.applied']);
    }));

  it('keeps the old text where the check says no, and the new one for whoever looks', () =>
    withBed(async ({ file, read }) => {
      const published = file();
      await published.publish('good 1\n', services);
      const check = `echo line 1 is wrong; exit 3`;
      const refused = file({ check: `${check} # %s` });
      expect(await failureOf(refused.publish('bad\n', services))).to.equal(
        'GeneratorError: the check failed with exit code 3: line 1 is wrong',
      );
      expect([await read('out.conf'), await read('out.conf.tmp')]).to.deep.equal([
        'good 1\n',
        'bad\n',
      ]);
      expect(await read('applied')).to.equal('good 1\n');
    }));

  it('puts the old text back where the check can look nowhere else', () =>
    withBed(async ({ file, read, folder }) => {
      // A script of the user's: neither the path nor %s is in the command.
      const published = file({ check: `cd ${folder} && grep -q good out.conf` });
      expect(await failureOf(published.publish('bad\n', services))).to.include('exit code 1');
      expect(await read('out.conf')).to.equal(undefined);
      await published.publish('good 1\n', services);
      expect(await failureOf(published.publish('bad\n', services))).to.include('exit code 1');
      expect(await read('out.conf')).to.equal('good 1\n');
    }));

  it('checks again what a kill may have left in place unchecked', () =>
    withBed(async ({ file, read, folder, path }) => {
      const counting = `echo x >> ${folder}/checks; grep -q good ${path}`;
      await writeFile(path, 'bad\n');
      expect(await failureOf(file().publish('bad\n', services))).to.include('the check failed');
      expect(await read('applied')).to.equal(undefined);
      await writeFile(path, 'good 1\n');
      const published = file({ check: counting, apply: 'exit 7' });
      for (let turn = 0; turn < 2; turn += 1) {
        const wanted = turn === 0 ? 'exit code 7' : 'none';
        expect(await failureOf(published.publish('good 1\n', services))).to.include(wanted);
      }
      // Once for one life.
      expect(await read('checks')).to.equal('x\n');
    }));

  it('applies no more often than it may, and the last text in the end', () =>
    withBed(async ({ file, read, clock }) => {
      const published = file();
      await published.publish('good 1\n', services);
      expect(await published.publish('good 2\n', services)).to.deep.equal({
        kind: 'paced',
        waitMs: 3_000,
      });
      await clock.advance(1_000);
      expect(await published.publish('good 3\n', services)).to.deep.equal({
        kind: 'paced',
        waitMs: 2_000,
      });
      await clock.advance(2_000);
      expect(await published.publish('good 3\n', services)).to.deep.equal({ kind: 'applied' });
      expect(await read('applied')).to.equal('good 1\ngood 3\n');
    }));

  it('applies later what could not be applied, in another life too', () =>
    withBed(async ({ file, read }) => {
      const failing = file({ apply: 'exit 7' });
      expect(await failureOf(failing.publish('good 1\n', services))).to.include('exit code 7');
      expect(await read('out.conf')).to.equal('good 1\n');
      expect(await file().publish('good 1\n', services)).to.deep.equal({ kind: 'applied' });
      expect(await read('applied')).to.equal('good 1\n');
    }));

  it('rejects with the system error where the file cannot be', () =>
    withBed(async ({ file, path }) => {
      await mkdir(path);
      expect(await failureOf(file().publish('good 1\n', services))).to.match(/EISDIR|ENOTEMPTY/);
    }));

  it('tells which services it would take instances from that nobody knows', () =>
    withBed(async ({ file, path }) => {
      const unknown = [
        generatedService([], { isKnown: false }),
        generatedService([], { name: 'new', isKnown: false }),
      ];
      expect(await file().held(unknown)).to.deep.equal([]);
      await file().publish('good 1\n', services);
      expect(await file().held(unknown)).to.deep.equal(['web']);
      expect(await file().held([generatedService([])])).to.deep.equal([]);
      // Whose file it is, and what is in it, cannot be told then.
      await writeFile(join(path, '..', '.out.conf.applied'), '{damaged');
      expect(await file().held(unknown)).to.deep.equal(['web', 'new']);
    }));
});
