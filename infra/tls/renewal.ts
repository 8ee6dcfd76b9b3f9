/** When certificates are made anew. */
import { X509Certificate } from 'node:crypto';

/** From the day that it is made. */
export const lifeDays = { authority: 3_650, certificate: 90 } as const;

/** With a third of its life left, at the first `up` from then on. */
const renewedEveryMs = lifeDays.certificate * (2 / 3) * 86_400_000;

/**
 * Names the certificates that hosts should have now: by their authority, and counted from its first
 * day. The same all the time between two renewals, so that the next `up` changes nothing (law 8);
 * another one where the authority is another.
 */
export function issueOf(authority: string, now: Date): string {
  const age = now.getTime() - Date.parse(new X509Certificate(authority).validFrom);
  return `${1 + Math.floor(age / renewedEveryMs)} of ${shortPrint(authority)}`;
}

/** Tells one certificate (PEM) from another. */
export function shortPrint(certificate: string): string {
  const { fingerprint256 } = new X509Certificate(certificate);
  return fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase();
}
