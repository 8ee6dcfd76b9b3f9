import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../prerequisites/command.ts';
import { ensurePrograms } from '../prerequisites/programs.ts';
import { type ArchiveEntry, contentHash } from './archive.ts';
import {
  announcer,
  cachedRelease,
  cacheFolderOf,
  type ReleaseOptions,
  type VersionedRelease,
} from './release.ts';

const sourceFolder = join(import.meta.dirname, 'zookeeper');
const programs = [
  'zkServer.sh',
  'zkCli.sh',
  'zookeeper-compose-config',
  'zookeeper-await-whole',
  'zookeeper-change-members',
] as const;
/** Sourced by them. */
const shellLibraries = ['zkEnv.sh', 'zkEnsemble.sh'] as const;

/** Jar name → SHA-256, hexadecimal. */
export type JarLock = ReadonlyMap<string, string>;

/**
 * ZooKeeper as every host runs it: `lib/*.jar`, `bin/`, `conf/logback.xml`. The jars come through
 * Maven on this machine (brought through apt where it is missing) and must be those of
 * `jars.sha256`; both are checked, so the hash of what stands in this repository names the result.
 *
 * Throws a `PrerequisiteError`, or an `Error` that says which jar differs or what Maven said.
 */
export async function zookeeperRelease(options: ReleaseOptions = {}): Promise<VersionedRelease> {
  const [own, pom, lockText] = await Promise.all([ownFiles(), source('pom.xml'), jarLock()]);
  const version = pinnedVersion(pom.toString());
  const lock = parseJarLock(lockText.toString());
  const collect = async (scratch: string): Promise<ArchiveEntry[]> => [
    ...own,
    ...(await resolveJars(version, lock, scratch, options)),
  ];
  const hash = hashOf(own, lockText);
  const release = await cachedRelease(`zookeeper-${version}`, hash, collect, options);
  return { ...release, version };
}

/** The hash that `zookeeperRelease` gives, without making it. */
export async function zookeeperReleaseHash(): Promise<string> {
  return hashOf(await ownFiles(), await jarLock());
}

/** Lines as `sha256sum` writes them: `<digest>  <name>`. */
export function parseJarLock(text: string): JarLock {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, digest, name] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
      if (digest === undefined || name === undefined) throw new Error(`jars.sha256: "${line}"`);
      return [name, digest];
    }),
  );
}

/** Each way in which `jars` are not what the lock says, one a line; none when they are. */
export function compareWithLock(lock: JarLock, jars: ReadonlyMap<string, Uint8Array>): string[] {
  const unexpected = [...jars.keys()].filter((name) => !lock.has(name));
  const missing = [...lock.keys()].filter((name) => !jars.has(name));
  const changed = [...jars].filter(
    ([name, content]) => lock.has(name) && lock.get(name) !== sha256(content),
  );
  return [
    ...unexpected.map((name) => `${name} is not in jars.sha256`),
    ...missing.map((name) => `${name} was not resolved`),
    ...changed.map(([name]) => `${name} is not the pinned file`),
  ];
}

/** The lock stands for the jars, byte for byte. */
function hashOf(own: readonly ArchiveEntry[], lockText: Uint8Array): string {
  return contentHash([...own, { path: 'jars.sha256', mode: 0o644, content: lockText }]);
}

function jarLock(): Promise<Buffer> {
  return source('jars.sha256');
}

function source(path: string): Promise<Buffer> {
  return readFile(join(sourceFolder, path));
}

async function ownFiles(): Promise<ArchiveEntry[]> {
  const file = async (path: string, mode: ArchiveEntry['mode']): Promise<ArchiveEntry> => ({
    path,
    mode,
    content: await source(path),
  });
  return Promise.all([
    ...programs.map((name) => file(`bin/${name}`, 0o755)),
    ...shellLibraries.map((name) => file(`bin/${name}`, 0o644)),
    file('conf/logback.xml', 0o644),
  ]);
}

async function resolveJars(
  version: string,
  lock: JarLock,
  scratch: string,
  options: ReleaseOptions,
): Promise<ArchiveEntry[]> {
  await ensurePrograms([{ name: 'mvn', package: 'maven' }], "to resolve ZooKeeper's jars", options);
  announcer(options)(`Resolving ZooKeeper ${version} with Maven …`);
  const lib = join(scratch, 'lib');
  await runCommand('mvn', [
    ...['--batch-mode', '--quiet', '--strict-checksums', '-Dstyle.color=never'],
    ...['--file', join(sourceFolder, 'pom.xml')],
    `-Dmaven.repo.local=${join(cacheFolderOf(options), 'maven')}`,
    ...['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${lib}`],
  ]);
  const names = await readdir(lib);
  const jars = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(lib, name))] as const)),
  );
  const problems = compareWithLock(lock, jars);
  if (problems.length > 0) throw new Error(`ZooKeeper's jars:\n  ${problems.join('\n  ')}`);
  return [...jars].map(([name, content]) => ({ path: `lib/${name}`, mode: 0o644, content }));
}

function pinnedVersion(pom: string): string {
  const version = /<zookeeper\.version>([^<]+)</.exec(pom)?.[1];
  if (version === undefined) throw new Error('pom.xml pins no zookeeper.version');
  return version;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
