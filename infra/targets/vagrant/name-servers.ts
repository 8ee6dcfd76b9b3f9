import { isIPv4 } from 'node:net';
import { readIfThere } from '../../prerequisites/whole-file.ts';

/** systemd-resolved keeps the real ones here; /etc/resolv.conf then names only itself. */
const places = ['/run/systemd/resolve/resolv.conf', '/etc/resolv.conf'];

/** Name servers of this computer that its boxes can reach too; none where it has only itself. */
export async function reachableNameServers(): Promise<string[]> {
  for (const place of places) {
    const found = parseNameServers((await readIfThere(place)) ?? '');
    if (found.length > 0) return found;
  }
  return [];
}

export function parseNameServers(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^nameserver\s+(\S+)/gm)]
    .map(([, address = '']) => address)
    .filter((address) => isIPv4(address) && !address.startsWith('127.'));
}
