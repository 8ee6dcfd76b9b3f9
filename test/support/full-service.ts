/** A service of the catalog with everything that nerve can be told, as people write it. */
import type { ServiceInput } from '../../infra/catalog/schema.ts';

const passwordFile = '/etc/smartstack/password';
const tls = {
  caFile: '/etc/ca.pem',
  serverName: 'db',
  certFile: '/etc/c.pem',
  keyFile: '/etc/k.pem',
};

export const fullService = {
  port: 8001,
  localPort: 3333,
  on: ['service_a_node_1'],
  checkIntervalMs: 1_500,
  fastCheckIntervalMs: 50,
  crashWatch: true,
  weight: 100,
  reportLimit: { perSecond: 0.5, burst: 4 },
  warmUpMs: 30_000,
  labels: { rack: 'r1', version: '1.2' },
  preUp: { command: ['/usr/bin/test', '-e', '/ready'] },
  preDown: { command: ['/bin/sleep', '1'], timeoutMs: 2_500 },
  run: { command: 'a', files: { 'custom-check.mjs': 'docs/examples/custom-check.mjs' } },
  checks: [
    { type: 'tcp', timeoutMs: 250, rise: 2, fall: 3, host: '127.0.0.1', port: 9_001 },
    { type: 'noop', name: 'always' },
    {
      type: 'http',
      uri: '/ready',
      method: 'POST',
      headers: { accept: 'text/plain' },
      body: 'ping',
      expect: 'pong',
      expectStatus: [204, '2xx'],
      connectTimeoutMs: 300,
      tlsTimeoutMs: 400,
      readTimeoutMs: 800,
      tls: {},
    },
    { type: 'redis', username: 'u', passwordFile, database: 3, writeRead: true, tls },
    { type: 'rabbitmq', username: 'u', passwordFile, vhost: '/v', queue: 'q', durable: true, tls },
    { type: 'exec', command: ['/bin/true', '-x'], expectExit: [0, 3] },
    { type: 'exec', command: 'test "$PORT" = 8001' },
    { type: 'grpc', service: 'pkg.Service', tls },
    {
      type: 'sql',
      driver: 'mysql',
      username: 'u',
      passwordFile,
      database: 'd',
      query: 'DO 1',
      tls,
    },
    { type: 'module', path: 'custom-check.mjs', options: { deep: { list: [1, null] } } },
    { type: 'module', path: '/opt/checks/other.mjs' },
  ],
} satisfies ServiceInput<'service_a_node_1'>;
