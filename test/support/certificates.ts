import { join } from 'node:path';
import { runCommand } from '../../infra/prerequisites/command.ts';

/** PEM files of a certificate that has signed itself: its own authority. */
export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
}

/** For `names`, such as `IP:127.0.0.1` or `DNS:localhost`. */
export async function makeCertificate(
  folder: string,
  name: string,
  names: readonly string[],
): Promise<Certificate> {
  const certPath = join(folder, `${name}.crt`);
  const keyPath = join(folder, `${name}.key`);
  await runCommand('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', keyPath, '-out', certPath, '-days', '2', '-subj', `/CN=${name}`],
    ...['-addext', `subjectAltName=${names.join(',')}`],
  ]);
  return { certPath, keyPath };
}
