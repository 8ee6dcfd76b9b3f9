/**
 * TLS between hosts, in which both prove who they are:
 *
 *     client ─► its HAProxy ═TLS═► <service>.tls on a host of the service ─► instance on 127.0.0.1
 *
 * A host may answer for a service only if its certificate names that; asking takes any of the
 * environment.
 */
import { isConsumer, tlsPortOf } from '../catalog/queries.ts';
import type { Service } from '../catalog/schema.ts';
import type { Environment } from './environment.ts';
import { paths } from './paths.ts';

/** Stands for which of its certificates a host has, which only making them tells. */
export const issueMark = '(issue)';

/** The services for which a host may answer, as its certificate names them. */
export function tlsNames({ catalog }: Pick<Environment, 'catalog'>, host: string): string[] {
  return tlsServices(catalog)
    .filter(([, { on }]) => on.includes(host))
    .map(([name]) => tlsName(catalog.environment, name));
}

/** Whether a host runs or reaches any service over TLS. */
export function speaksTls({ catalog }: Pick<Environment, 'catalog'>, host: string): boolean {
  return tlsServices(catalog).some(
    ([, service]) => service.on.includes(host) || isConsumer(catalog, service, host),
  );
}

/** What consumers' server lines have beside the rest. */
export function tlsWords(
  { catalog }: Pick<Environment, 'catalog'>,
  name: string,
  service: Service,
): readonly string[] {
  if (service.tls === false) return [];
  return [
    `ssl ${proof} verifyhost ${tlsName(catalog.environment, name)} ssl-min-ver TLSv1.3`,
    // Servers that are added at run time do not check as they connect.
    'check-ssl',
  ];
}

const proof = `verify required ca-file ${paths.authority} crt ${paths.hostCertificate}`;

/** Sections of haproxy.cfg beside those of services, by their titles; none without TLS. */
export function tlsSections(
  { catalog }: Pick<Environment, 'catalog'>,
  host: string,
): Readonly<Record<string, readonly string[]>> {
  if (!speaksTls({ catalog }, host)) return {};
  const own = tlsServices(catalog).filter(([, { on }]) => on.includes(host));
  return {
    'backend certificates.tls': certificateLines,
    ...Object.fromEntries(
      own.map(([name, service]) => [`listen ${name}.tls`, listenLines(service)]),
    ),
  };
}

/**
 * At run time HAProxy adds no server whose files it has not read at its start. The text is another
 * one with each new certificate, and so takes a reload.
 */
const certificateLines = [
  `# certificate ${issueMark}`,
  `server none 127.0.0.1:1 disabled ssl ${proof}`,
] as const;

/**
 * Everywhere on the host: others may know it by an address that it does not have itself, and one
 * `bind` that fails holds up all new text.
 *
 * Bytes pass as they come: an instance that ends, ends what goes through here with it. While it is
 * dead, consumers are refused before they have sent anything, and go elsewhere; only until the first
 * of them has found out, connections are closed without an answer.
 */
function listenLines(service: Service): readonly string[] {
  const { connectTimeoutMs, idleTimeoutMs } = service.proxy;
  return [
    `bind *:${tlsPortOf(service)} ssl ${proof} ssl-min-ver TLSv1.3`,
    'mode tcp',
    'option tcplog',
    'option dontlog-normal',
    'tcp-request connection reject if { nbsrv lt 1 }',
    'retries 0',
    `timeout connect ${connectTimeoutMs}ms`,
    'timeout check 1000ms',
    'option clitcpka',
    'option srvtcpka',
    `timeout client ${idleTimeoutMs}ms`,
    `timeout server ${idleTimeoutMs}ms`,
    `server instance 127.0.0.1:${service.port} check inter 1000ms downinter 100ms ` +
      'rise 1 fall 1 observe layer4 error-limit 1 on-error mark-down',
  ];
}

/** A host's own name has no dots: it is never one of these. */
function tlsName(environment: string, service: string): string {
  return `${service}.services.${environment}.smartstack`;
}

function tlsServices({ services }: Environment['catalog']): readonly [string, Service][] {
  return Object.entries(services).filter(([, { tls }]) => tls !== false);
}
