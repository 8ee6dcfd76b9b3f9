import type { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { messageOf } from './result.ts';

/** Files are absolute paths of PEM files. */
export interface TlsDefinition {
  /** Whoever must have signed the server's certificate; `undefined`: it is not verified. */
  readonly caFile: string | undefined;
  /** The client's own certificate and key: both or none. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  /** For whom the server's certificate must be; the host by default. */
  readonly serverName: string | undefined;
}

/** For `tls.connect` and whatever hands its options on to it. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
  readonly servername?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Reads the files anew; throws an error that names the option whose file cannot be read. */
export async function readTls(
  { caFile, certFile, keyFile, serverName }: TlsDefinition,
  host: string,
  signal: AbortSignal,
): Promise<TlsOptions> {
  const [ca, cert, key] = await Promise.all([
    readPem('ca_file', caFile, signal),
    readPem('cert_file', certFile, signal),
    readPem('key_file', keyFile, signal),
  ]);
  const name = serverName ?? host;
  return {
    rejectUnauthorized: ca !== undefined,
    // Drivers differ in which name they ask for.
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    // RFC 6066, section 3: no addresses.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function readPem(
  option: string,
  path: string | undefined,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, { signal });
  } catch (error) {
    throw new Error(`${option} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
