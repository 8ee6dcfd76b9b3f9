import { becomeRoot } from '../../prerequisites/as-root.ts';

/** Containers are root's. */
const purpose = 'to manage containers';

export async function containerExists(name: string): Promise<boolean> {
  const root = await becomeRoot(purpose);
  return (await root.try(['lxc-info', '--name', name, '--state'])).code === 0;
}

export async function destroyContainer(name: string): Promise<void> {
  const root = await becomeRoot(purpose);
  await root.run(['lxc-destroy', '--force', '--name', name]);
}

/** Standard output of a shell script inside a running container; `undefined` where it failed. */
export async function runInContainer(name: string, script: string): Promise<string | undefined> {
  const root = await becomeRoot(purpose);
  const command = ['lxc-attach', '--clear-env', '--name', name, '--', '/bin/sh', '-c', script];
  const result = await root.try(command);
  return result.code === 0 ? result.stdout : undefined;
}

/** Folders of this computer that any container, ours or not, is laid over. */
export async function foldersInUse(folders: readonly string[]): Promise<string[]> {
  const root = await becomeRoot(purpose);
  const path = (await root.try(['lxc-config', 'lxc.lxcpath'])).stdout.trim();
  if (path === '') return [];
  const { stdout } = await root.try(['grep', '-rhs', '--include=config', '^lxc.rootfs', path]);
  return folders.filter((folder) => stdout.includes(`:${folder}/`));
}
