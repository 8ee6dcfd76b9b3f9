import type { Check } from '../catalog/check-schema.ts';
import { maybeSeconds, seconds } from './seconds.ts';
import { serviceFolder } from './service-unit.ts';

/** A check as nerve's configuration has it; what the catalog leaves out is left out here. */
export function nerveCheck(service: string, check: Check): object {
  const { type, name, host, port, timeoutMs, rise, fall } = check;
  return {
    type,
    ...ownOptions(service, check),
    ...{ name, host, port, timeout: seconds(timeoutMs), rise, fall },
  };
}

function ownOptions(service: string, check: Check): object {
  switch (check.type) {
    case 'tcp':
    case 'noop':
      return {};
    case 'http': {
      const { uri, method, headers, body, expect, expectStatus: expect_status } = check;
      const timeouts = {
        open_timeout: maybeSeconds(check.connectTimeoutMs),
        ssl_timeout: maybeSeconds(check.tlsTimeoutMs),
        read_timeout: maybeSeconds(check.readTimeoutMs),
      };
      const request = { uri, method, headers, body, expect, expect_status };
      return { ...request, ...timeouts, ...tlsOptions(check.tls) };
    }
    case 'redis': {
      const { username, passwordFile: password_file, database, writeRead: write_read } = check;
      return { username, password_file, database, write_read, ...tlsOptions(check.tls) };
    }
    case 'rabbitmq': {
      const { username, passwordFile: password_file, vhost, queue, durable } = check;
      return { username, password_file, vhost, queue, durable, ...tlsOptions(check.tls) };
    }
    case 'exec':
      return { command: check.command, expect_exit: check.expectExit };
    case 'grpc':
      return { service: check.service, ...tlsOptions(check.tls) };
    case 'sql': {
      const { driver, username, passwordFile: password_file, database, query } = check;
      return { driver, username, password_file, database, query, ...tlsOptions(check.tls) };
    }
    case 'module': {
      const { path, options } = check;
      return { path: path.startsWith('/') ? path : `${serviceFolder(service)}/${path}`, options };
    }
  }
}

type Tls = Extract<Check, { type: 'http' }>['tls'];

function tlsOptions(tls: Tls): object {
  if (tls === undefined) return {};
  const { caFile, serverName, certFile, keyFile } = tls;
  const files = { ca_file: caFile, cert_file: certFile, key_file: keyFile };
  return { ssl: true, server_name: serverName, ...files };
}
