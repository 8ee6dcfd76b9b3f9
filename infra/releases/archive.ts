import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

/** A file of an archive; `path` is relative, with forward slashes, at most 100 bytes. */
export interface ArchiveEntry {
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  readonly content: Uint8Array;
}

const block = 512;
/** The gzip header's tenth byte names the system it was made on: "unknown" is the same anywhere. */
const gzipSystemOffset = 9;
const gzipSystemUnknown = 255;

/** A name for exactly this content: 16 hexadecimal digits, whatever compressed it. */
export function contentHash(entries: readonly ArchiveEntry[]): string {
  const hash = createHash('sha256');
  for (const entry of sorted(entries)) {
    hash.update(`${entry.path}\0${entry.mode}\0${entry.content.length}\0`).update(entry.content);
  }
  return hash.digest('hex').slice(0, 16);
}

/** A ustar archive without times and owners: the same entries give the same bytes. */
export function packTar(entries: readonly ArchiveEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const folder of foldersOf(entries)) {
    parts.push(header(`${folder}/`, 0o755, 0, '5'));
  }
  for (const entry of sorted(entries)) {
    parts.push(header(entry.path, entry.mode, entry.content.length, '0'), entry.content);
    parts.push(Buffer.alloc(-entry.content.length & (block - 1)));
  }
  parts.push(Buffer.alloc(2 * block));
  return Buffer.concat(parts);
}

export async function packTarGz(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const packed = await promisify(gzip)(packTar(entries), {
    level: constants.Z_DEFAULT_COMPRESSION,
  });
  packed[gzipSystemOffset] = gzipSystemUnknown;
  return packed;
}

function sorted(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  return [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function foldersOf(entries: readonly ArchiveEntry[]): string[] {
  const folders = new Set<string>();
  for (const entry of entries) {
    for (let at = posix.dirname(entry.path); at !== '.'; at = posix.dirname(at)) folders.add(at);
  }
  return [...folders].sort();
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format". */
function header(path: string, mode: number, size: number, type: '0' | '5'): Buffer {
  if (Buffer.byteLength(path) > 100) throw new RangeError(`path too long for an archive: ${path}`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, width: number): number =>
    bytes.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at);
  bytes.write(path, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.fill(' ', 148, 156);
  bytes.write(type, 156);
  bytes.write('ustar\x0000', 257);
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return bytes;
}
