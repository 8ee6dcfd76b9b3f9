import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import type { VagrantProvider } from './provider.ts';

/** The first three parts of a /24 network, such as `10.93.0`. */
export type Subnet = string;

export const prefixLength = 24;

/** Above the catalog's ids (1 to 250); this machine's own address in the subnet. */
const gatewayPart = 254;

export function addressIn(subnet: Subnet, id: number): string {
  return `${subnet}.${id}`;
}

export function gatewayOf(subnet: Subnet): string {
  return addressIn(subnet, gatewayPart);
}

/**
 * The first subnet of those that suit the provider in which this machine has no address yet, so
 * that several environments can stand side by side. Throws where all are taken.
 */
export function chooseSubnet(provider: VagrantProvider, addressesHere: readonly string[]): Subnet {
  const free = candidates(provider).find(
    (subnet) => !addressesHere.some((address) => address.startsWith(`${subnet}.`)),
  );
  if (free !== undefined) return free;
  throw new Error(
    'every subnet that the boxes could use is taken on this machine; ' +
      'set smartstack:vagrantSubnet, such as 10.200.1, in the stack configuration',
  );
}

/**
 * This machine's own. Node leaves out interfaces without a carrier, such as the bridge of an
 * environment that is switched off; where there is an `ip`, it tells of them.
 */
export async function ownAddresses(): Promise<readonly string[]> {
  const known = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address),
  );
  const all = await promisify(execFile)('ip', ['-4', '-oneline', 'address'])
    .then(({ stdout }) => stdout)
    .catch(() => '');
  return [...known, ...[...all.matchAll(/ inet ([\d.]+)\//g)].map(([, address = '']) => address)];
}

/** Locally administered, the same at each start: neighbours' tables of addresses stay right. */
export function hardwareAddress(machine: string): string {
  const digest = createHash('sha256').update(machine).digest();
  const parts = [...digest.subarray(0, 3)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `00:16:3e:${parts.join(':')}`;
}

function candidates(provider: VagrantProvider): Subnet[] {
  // VirtualBox allows host-only networks in 192.168.56.0/21 and nowhere else.
  const count = provider === 'virtualbox' ? 8 : 256;
  return Array.from({ length: count }, (_, index) =>
    provider === 'virtualbox' ? `192.168.${56 + index}` : `10.93.${index}`,
  );
}
