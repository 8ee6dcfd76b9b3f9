/** Who gets through to what takes TLS, by OpenSSL's own client on a host. */
import type { Hosts } from './hosts.ts';

export interface TlsAttempt {
  readonly host: string;
  readonly port: number;
  /** Files: by whom the other end must be signed, and what to show of oneself. */
  readonly authority: string;
  readonly certificate?: string;
}

/**
 * What the other end answers to ZooKeeper's `ruok`, and what went wrong: with TLS 1.3 a client hears of
 * its refusal only once it asks. `refused` in it stands for an end that took the certificate for no good.
 */
export async function askOverTls(
  hosts: Hosts,
  from: string,
  { host, port, authority, certificate }: TlsAttempt,
): Promise<string> {
  const own = certificate === undefined ? '' : `-cert ${certificate} -key ${certificate}`;
  const said = await hosts.run(
    from,
    `(printf ruok; sleep 2) | timeout 6 openssl s_client -quiet -tls1_3 -connect ${host}:${port} ` +
      `-CAfile ${authority} -no-CApath -verify_return_error ${own} 2>&1 || true`,
  );
  return /alert (certificate required|certificate unknown|unknown ca)/.test(said)
    ? `refused: ${said}`
    : said;
}

/** Since when the certificate is good that an end shows, in milliseconds since the epoch. */
export async function certificateSinceMs(
  hosts: Hosts,
  from: string,
  { host, port }: Pick<TlsAttempt, 'host' | 'port'>,
): Promise<number> {
  const shown = `timeout 6 openssl s_client -connect ${host}:${port} < /dev/null 2> /dev/null || true`;
  const said = await hosts.run(from, `{ ${shown}; } | openssl x509 -noout -startdate`);
  return Date.parse(said.replace('notBefore=', ''));
}

/** Whether a port takes connections from a host at all. */
export async function isOpen(
  hosts: Hosts,
  from: string,
  host: string,
  port: number,
): Promise<boolean> {
  const script = `timeout 3 bash -c '> /dev/tcp/${host}/${port}' 2> /dev/null && echo open || true`;
  return (await hosts.run(from, script)) === 'open';
}
