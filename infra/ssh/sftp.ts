import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, posix } from 'node:path';
import type { SFTPWrapper } from 'ssh2';

type RemoteKind = 'directory' | 'file' | 'absent';

/** Writes `content` to a remote file, making its parent directories. */
export async function uploadText(
  sftp: SFTPWrapper,
  content: string,
  remotePath: string,
): Promise<void> {
  if ((await remoteKind(sftp, remotePath)) === 'directory') {
    throw new Error(`${remotePath} is a directory on the host; a text needs a file's path`);
  }
  await makeDirectories(sftp, posix.dirname(remotePath));
  await settled((done) => sftp.writeFile(remotePath, content, done), `writing ${remotePath}`);
}

/**
 * Copies a local file or directory; where it lands is the command provider's rule:
 * an existing remote directory receives it inside, `dir/` copies what is in `dir`.
 */
export async function uploadPath(
  sftp: SFTPWrapper,
  localPath: string,
  remotePath: string,
): Promise<void> {
  const kind = await remoteKind(sftp, remotePath);
  if ((await stat(localPath)).isDirectory()) {
    if (kind === 'file') throw new Error(`${remotePath} exists and is no directory`);
    const inside = localPath.endsWith('/')
      ? remotePath
      : posix.join(remotePath, basename(localPath));
    await copyDirectory(sftp, localPath, inside);
  } else if (kind === 'directory') {
    await copyFile(sftp, localPath, posix.join(remotePath, basename(localPath)));
  } else {
    await makeDirectories(sftp, posix.dirname(remotePath));
    await copyFile(sftp, localPath, remotePath);
  }
}

async function copyDirectory(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  await makeDirectories(sftp, to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = `${from.replace(/\/$/, '')}/${entry.name}`;
    const target = posix.join(to, entry.name);
    if (entry.isDirectory()) await copyDirectory(sftp, source, target);
    else await copyFile(sftp, source, target);
  }
}

function copyFile(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  return settled((done) => sftp.fastPut(from, to, done), `copying ${from} to ${to}`);
}

async function makeDirectories(sftp: SFTPWrapper, path: string): Promise<void> {
  const kind = await remoteKind(sftp, path);
  if (kind === 'directory') return;
  if (kind === 'file') throw new Error(`${path} exists on the host and is no directory`);
  if (dirname(path) !== path) await makeDirectories(sftp, dirname(path));
  try {
    await settled((done) => sftp.mkdir(path, done), `making the directory ${path}`);
  } catch (error) {
    // Several copies to one host may race for the same parent.
    if ((await remoteKind(sftp, path)) !== 'directory') throw error;
  }
}

function remoteKind(sftp: SFTPWrapper, path: string): Promise<RemoteKind> {
  const noSuchFile = 2; // SSH_FX_NO_SUCH_FILE
  return new Promise((resolve, reject) => {
    sftp.stat(path, (error: (Error & { code?: unknown }) | undefined, stats) => {
      if (error === undefined) resolve(stats.isDirectory() ? 'directory' : 'file');
      else if (error.code === noSuchFile) resolve('absent');
      else reject(new Error(`looking at ${path}: ${error.message}`, { cause: error }));
    });
  });
}

function settled(
  start: (done: (error?: Error | null) => void) => void,
  doing: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === undefined || error === null) resolve();
      else reject(new Error(`${doing}: ${error.message}`, { cause: error }));
    });
  });
}
