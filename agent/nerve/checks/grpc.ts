import { isIP, isIPv6 } from 'node:net';
import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  credentials,
  Metadata,
} from '@grpc/grpc-js';
import type { CommonCheckDefinition } from './common.ts';
import { decodeStatus, encodeRequest, servingStatus } from './grpc-health.ts';
import { type CheckResult, failed, passed } from './result.ts';
import { readTls, type TlsDefinition } from './tls.ts';

export interface GrpcCheckDefinition extends CommonCheckDefinition {
  readonly type: 'grpc';
  /** Empty for the server as a whole. */
  readonly service: string;
  readonly tls: TlsDefinition | undefined;
}

const method = '/grpc.health.v1.Health/Check';

/** One connection of its own, through no proxy, and one try. */
const channelOptions: ChannelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_channelz': 0,
};

/** Asks gRPC's standard health service; passes on SERVING. */
export async function checkGrpc(
  definition: GrpcCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { host, port, tls } = definition;
  const secured =
    tls === undefined ? credentials.createInsecure() : await secure(definition, tls, signal);
  const name = tls?.serverName;
  const client = new Client(addressOf(host, port), secured, {
    ...channelOptions,
    ...(name === undefined ? {} : { 'grpc.ssl_target_name_override': name }),
  });
  try {
    const status = await ask(client, definition.service, signal);
    return status === 'SERVING' ? passed : failed(`the service says ${status}`);
  } finally {
    client.close();
  }
}

function ask(client: Client, service: string, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const call = client.makeUnaryRequest(
    method,
    encodeRequest,
    decodeStatus,
    service,
    new Metadata(),
    (error, status) => {
      if (error) reject(error);
      else resolve(servingStatus(status));
    },
  );
  const cancel = (): void => call.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', cancel));
}

async function secure(
  { host }: GrpcCheckDefinition,
  tls: TlsDefinition,
  signal: AbortSignal,
): Promise<ChannelCredentials> {
  const { ca, key, cert, rejectUnauthorized, checkServerIdentity } = await readTls(
    tls,
    host,
    signal,
  );
  return credentials.createSsl(ca ?? null, key ?? null, cert ?? null, {
    rejectUnauthorized,
    checkServerIdentity,
  });
}

/** https://github.com/grpc/grpc/blob/master/doc/naming.md */
function addressOf(host: string, port: number): string {
  if (isIPv6(host)) return `ipv6:[${host}]:${port}`;
  return isIP(host) === 4 ? `ipv4:${host}:${port}` : `dns:${host}:${port}`;
}
