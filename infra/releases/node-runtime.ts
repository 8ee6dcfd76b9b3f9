import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../prerequisites/command.ts';
import type { HostArch } from '../targets/host.ts';
import { contentHash } from './archive.ts';
import { announcer, cachedRelease, type ReleaseOptions, type VersionedRelease } from './release.ts';

/** The Node that hosts run, the same that package.json pins for this machine. */
export const nodeVersion = '24.21.0';

/** Subresource integrity of the npm package `node-linux-<arch>` in that version. */
export const nodeIntegrity: Readonly<Record<HostArch, string>> = {
  x64: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  arm64:
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
};

/**
 * `bin/node` for hosts of one architecture, whatever this machine is: npm brings the package, the
 * pinned integrity decides whether it is the right one. Throws where npm fails or it is not.
 */
export async function nodeRuntime(
  arch: HostArch,
  options: ReleaseOptions = {},
): Promise<VersionedRelease> {
  const integrity = nodeIntegrity[arch];
  // The package is pinned to the byte, so its integrity names what is taken out of it.
  const pin = { path: 'bin/node', mode: 0o755, content: Buffer.from(integrity) } as const;
  const collect = async (scratch: string) => {
    announcer(options)(`Fetching Node ${nodeVersion} for ${arch} hosts with npm …`);
    const content = await nodeBinary(await fetchPackage(arch, scratch), integrity, scratch);
    return [{ ...pin, content }];
  };
  const name = `node-${nodeVersion}-linux-${arch}`;
  const release = await cachedRelease(name, contentHash([pin]), collect, options);
  return { ...release, version: nodeVersion };
}

/** The integrity string of `content`, as package-lock.json writes it. */
export function integrityOf(content: Uint8Array): string {
  return `sha512-${createHash('sha512').update(content).digest('base64')}`;
}

async function fetchPackage(arch: HostArch, scratch: string): Promise<string> {
  const spec = `node-linux-${arch}@${nodeVersion}`;
  await runCommand('npm', ['pack', spec, '--silent', '--pack-destination', scratch]);
  return join(scratch, `node-linux-${arch}-${nodeVersion}.tgz`);
}

async function nodeBinary(path: string, integrity: string, scratch: string): Promise<Buffer> {
  const actual = integrityOf(await readFile(path));
  if (actual !== integrity) {
    throw new Error(`${path} is not the pinned package: ${actual} instead of ${integrity}`);
  }
  await runCommand('tar', ['-xzf', path, '-C', scratch, 'package/bin/node']);
  return readFile(join(scratch, 'package/bin/node'));
}
