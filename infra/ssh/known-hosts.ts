/** OpenSSH's lists of the machines that one has met. Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */
import { createHmac } from 'node:crypto';

/** The best first: one of them is all that a connection is checked by. */
const types = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
] as const;

/**
 * The best key that `text` has of a machine, as `<type> <base64>`; `undefined` where it has none, or
 * only revoked ones. Certificates of authorities are none of a machine.
 */
export function knownHostKey(text: string, host: string, port: number): string | undefined {
  const name = port === 22 ? host : `[${host}]:${port}`;
  const entries = text.split('\n').flatMap(parseLine);
  const own = entries.filter(({ names }) => isNamed(names, name.toLowerCase()));
  const revoked = new Set(entries.filter(({ marker }) => marker === '@revoked').map(keyOf));
  const keys = own.filter((one) => one.marker === undefined && !revoked.has(keyOf(one)));
  return types.flatMap((type) => keys.filter((one) => one.type === type)).map(keyOf)[0];
}

interface Entry {
  readonly marker: string | undefined;
  /** Patterns with commas between, or one hash. */
  readonly names: string;
  readonly type: string;
  readonly data: string;
}

function parseLine(line: string): readonly Entry[] {
  const words = line.split('#', 1).join('').trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
  const [names, type, data] = words;
  if (names === undefined || type === undefined || data === undefined) return [];
  return [{ marker, names, type, data }];
}

function keyOf({ type, data }: Entry): string {
  return `${type} ${data}`;
}

function isNamed(names: string, name: string): boolean {
  if (names.startsWith('|1|')) return isHashOf(names, name);
  const patterns = names.toLowerCase().split(',');
  const isMeant = (pattern: string): boolean => matches(pattern, name);
  return (
    patterns.some(isMeant) && !patterns.some((one) => one.startsWith('!') && isMeant(one.slice(1)))
  );
}

/** `|1|<salt>|<hash>`, both Base64: HMAC-SHA1. */
function isHashOf(hashed: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` and `?` as in a shell; `[` and `]` are what they are. */
function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}
