import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { becomeRoot } from '../../prerequisites/as-root.ts';
import { withLock } from '../../prerequisites/wait-for-lock.ts';
import { bridgeOf, type VagrantSettings } from './settings.ts';
import { vagrantFolder, workFolder } from './stack-files.ts';
import { gatewayOf, prefixLength } from './subnet.ts';

const script = join(vagrantFolder, 'bridge.sh');
const lock = join(workFolder, 'network.lock');

/** Sees to it that the containers' bridge is there. The other providers have networks of their own. */
export async function startNetwork(settings: VagrantSettings): Promise<void> {
  if (settings.provider !== 'lxc') return;
  const root = await becomeRoot('to set up the network of the boxes');
  const address = `${gatewayOf(settings.subnet)}/${prefixLength}`;
  await withLock(lock, () => root.run([script, 'start', bridgeOf(settings), address]));
}

export async function stopNetwork(settings: VagrantSettings): Promise<void> {
  if (settings.provider !== 'lxc') return;
  const root = await becomeRoot('to take away the network of the boxes');
  await withLock(lock, () => root.run([script, 'stop', bridgeOf(settings)]));
}

export function isNetworkUp(settings: VagrantSettings): boolean {
  return settings.provider !== 'lxc' || existsSync(`/sys/class/net/${bridgeOf(settings)}`);
}
