/** Hosts of the environment `test` with certificates, and HAProxy as installed before instances. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paths } from '../../infra/render/paths.ts';
import { tlsNames, tlsSections } from '../../infra/render/tls.ts';
import { issueCertificate, makeAuthority } from '../../infra/tls/issue.ts';
import type { KeyAndCertificate } from '../../infra/tls/key-and-certificate.ts';
import { freePorts } from './free-ports.ts';
import { createTestHaproxy, type TestHaproxy } from './haproxy.ts';
import { environmentWith, type ServiceOptions } from './rendered-service.ts';

/** Where what is installed of a host is in a test. */
export interface TlsFiles {
  readonly authority: string;
  readonly hostCertificate: string;
}

export interface TlsProducer {
  /** Where it listens for TLS, on 127.0.0.1. */
  readonly port: number;
  readonly haproxy: TestHaproxy;
}

export interface TlsLab {
  /** Of a host that may answer for `names`: for `web` by default. */
  files(options?: {
    readonly names?: readonly string[];
    readonly authority?: KeyAndCertificate;
  }): Promise<TlsFiles>;
  /** A HAProxy as installed on a host of `web`, whose instance has `port`. */
  startProducer(port: number, options?: ServiceOptions, files?: TlsFiles): Promise<TlsProducer>;
  destroy(): Promise<void>;
}

const { catalog } = environmentWith({ web: { tls: true } });

export async function createTlsLab(): Promise<TlsLab> {
  const folder = await mkdtemp(join(tmpdir(), 'tls-test-'));
  const own = await makeAuthority(catalog.environment, new Date());
  const proxies: TestHaproxy[] = [];
  let count = 0;

  const files: TlsLab['files'] = async ({
    names = tlsNames({ catalog }, 'one'),
    authority = own,
  } = {}) => {
    count += 1;
    const host = `host_${count}`;
    const { certificate, key } = await issueCertificate({ authority, host, names }, new Date());
    const written = {
      authority: join(folder, 'ca.pem'),
      hostCertificate: join(folder, `${host}.pem`),
    };
    await writeFile(written.authority, own.certificate);
    await writeFile(written.hostCertificate, certificate + key);
    return written;
  };

  return {
    files,
    startProducer: async (port, options = {}, own) => {
      const [tlsPort = 0] = await freePorts(1);
      const haproxy = await createTestHaproxy();
      proxies.push(haproxy);
      const environment = environmentWith({ web: { ...options, port, tls: { port: tlsPort } } });
      const lines = tlsSections(environment, 'one')['listen web.tls'] ?? [];
      const text = [
        'global',
        `stats socket ${haproxy.socketPath} mode 600 level admin`,
        'listen web.tls',
        ...lines,
        '',
      ].join('\n');
      await writeFile(haproxy.configPath, withFiles(text, own ?? (await files())));
      await haproxy.start();
      return { port: tlsPort, haproxy };
    },
    destroy: async () => {
      await Promise.all(proxies.map((haproxy) => haproxy.destroy()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What was rendered, with a test's files in the place of those on a host. */
export function withFiles(text: string, files: TlsFiles): string {
  return text
    .replaceAll(paths.authority, files.authority)
    .replaceAll(paths.hostCertificate, files.hostCertificate);
}
