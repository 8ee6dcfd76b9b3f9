import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AtomicFileSystem } from '../../../../../agent/lib/atomic-file.ts';
import { openFileRegistry } from '../../../../../agent/nerve/reporters/file.ts';
import { type Registry, RegistryError } from '../../../../../agent/nerve/reporters/registry.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';
import { withTemporaryFolder } from '../../../../support/temporary-folder.ts';

const registration = { name: 'node_1', host: '10.0.0.1', port: 8080 };
const line = '{"host":"10.0.0.1","port":8080,"name":"node_1"}\n';

interface Bed {
  readonly folder: string;
  readonly path: string;
  readonly registry: Registry;
  readonly events: () => readonly string[];
}

describe('the file registry', () => {
  const withBed = (work: (bed: Bed) => Promise<void>, fs?: AtomicFileSystem): Promise<void> =>
    withTemporaryFolder(async (folder) => {
      const logger = createRecordingLogger();
      const path = join(folder, 'web.json');
      const registry = openFileRegistry({
        place: { type: 'file', path },
        logger,
        ...(fs && { fs }),
      });
      await work({ folder, path, registry, events: logger.events });
    });
  const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );
  const isRegistryError = (error: unknown, ...parts: readonly string[]): void => {
    expect(error).to.be.instanceOf(RegistryError);
    for (const part of parts) expect(error).to.have.property('message').that.includes(part);
  };

  it('writes the registration, changes it and takes it away', () =>
    withBed(async ({ folder, path, registry, events }) => {
      expect([registry.usable, registry.path]).to.deep.equal([true, undefined]);
      await registry.register(registration);
      expect(await readFile(path, 'utf8')).to.equal(line);
      expect(registry.path).to.equal(path);
      await registry.register({ ...registration, weight: 4 });
      expect(await readFile(path, 'utf8')).to.include('"weight":4');
      await registry.deregister(registration, 'failing');
      expect(await readdir(folder)).to.deep.equal([]);
      expect(registry.path).to.equal(undefined);
      expect(events()).to.deep.equal(['registered', 'registered', 'deregistered']);
    }));

  it('leaves the file where it is when it is closed, and finds it right when it comes back', () =>
    withBed(async ({ path, registry, events }) => {
      await writeFile(path, line);
      await registry.prepare(registration);
      await registry.register(registration);
      registry.close();
      expect(await readFile(path, 'utf8')).to.equal(line);
      expect(events()).to.deep.equal([]);
    }));

  it('takes away what an earlier life left', () =>
    withBed(async ({ folder, path, registry }) => {
      await writeFile(path, line);
      await registry.deregister(registration, 'failing');
      expect(await readdir(folder)).to.deep.equal([]);
    }));

  it('repairs what others changed or removed', () =>
    withBed(async ({ path, registry, events }) => {
      await registry.register(registration);
      await writeFile(path, 'theirs');
      await registry.register(registration);
      expect(await readFile(path, 'utf8')).to.equal(line);
      await rm(path);
      await registry.register(registration);
      expect(await readFile(path, 'utf8')).to.equal(line);
      expect(events().slice(1)).to.deep.equal(['registration-repaired', 'registration-repaired']);
    }));

  it('says that the folder is missing, and works once it is there', () =>
    withBed(async ({ folder, path, registry }) => {
      await rm(folder, { recursive: true });
      isRegistryError(
        await errorOf(registry.register(registration)),
        `cannot write ${path}: ENOENT`,
      );
      expect(await errorOf(registry.deregister(registration, 'failing'))).to.equal(undefined);
      await mkdir(folder);
      await registry.register(registration);
      expect(await readFile(path, 'utf8')).to.equal(line);
    }));

  it('says that something else has its place', () =>
    withBed(async ({ path, registry }) => {
      await mkdir(path);
      isRegistryError(await errorOf(registry.register(registration)), `cannot write ${path}: E`);
      isRegistryError(
        await errorOf(registry.deregister(registration, 'failing')),
        `cannot remove ${path}: `,
      );
    }));

  it('says that nobody may write there', async () => {
    // Of the kernel's own: read-only for root too.
    const place = { type: 'file', path: '/sys/web.json' } as const;
    const registry = openFileRegistry({ place, logger: createRecordingLogger() });
    const error = await errorOf(registry.register(registration));
    isRegistryError(error, 'cannot write /sys/web.json: ');
    expect(error)
      .to.have.property('message')
      .that.match(/EACCES|EPERM|EROFS/);
  });

  it('keeps the old file on a disk that is full, and writes the new one when it is not', () => {
    const disk = fullableDisk();
    return withBed(async ({ folder, path, registry }) => {
      await registry.register(registration);
      disk.full = true;
      const heavier = { ...registration, weight: 4 };
      isRegistryError(await errorOf(registry.register(heavier)), `cannot write ${path}: ENOSPC`);
      expect(await readdir(folder)).to.deep.equal(['web.json']);
      expect(await readFile(path, 'utf8')).to.equal(line);
      disk.full = false;
      await registry.register(heavier);
      expect(await readFile(path, 'utf8')).to.include('"weight":4');
    }, disk.fs);
  });
});

/** The real one, whose writes fail half-way while it is full: /dev/full says how. */
function fullableDisk(): { full: boolean; readonly fs: AtomicFileSystem } {
  const disk = {
    full: false,
    fs: {
      readFile,
      rename,
      rm,
      open: async (path: string, flags: string, mode?: number) => {
        const file = await open(path, flags, mode);
        if (!disk.full || flags === 'r') return file;
        return {
          writeFile: async () => {
            const full = await open('/dev/full', 'w');
            await full.writeFile('x').finally(() => full.close());
          },
          sync: () => file.sync(),
          chmod: (bits: number) => file.chmod(bits),
          close: () => file.close(),
        };
      },
    },
  };
  return disk;
}
