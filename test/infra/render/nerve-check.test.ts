import { expect } from 'chai';
import { parseNerveServiceConfig } from '../../../agent/config/nerve.ts';
import { validateCatalog } from '../../../infra/catalog/validate.ts';
import { catalog as shipped } from '../../../infra/catalog.ts';
import { nerveServiceFiles } from '../../../infra/render/nerve.ts';
import { fullService } from '../../support/full-service.ts';
import { tutorialEnvironment } from '../../support/tutorial.ts';

const timings = { timeout: 1, rise: 1, fall: 1 };
const tls = {
  ...{ ssl: true, ca_file: '/etc/ca.pem', server_name: 'db' },
  ...{ cert_file: '/etc/c.pem', key_file: '/etc/k.pem' },
};
const login = { username: 'u', password_file: '/etc/smartstack/password' };

describe('a service with everything that nerve can be told', () => {
  let config: Readonly<Record<string, unknown>>;

  before(() => {
    const input = { ...shipped, services: { web: fullService } };
    const validated = validateCatalog(input, { deployed: {}, fileExists: () => true });
    if (!validated.ok) return expect.fail(JSON.stringify(validated.problems));
    const environment = { ...tutorialEnvironment(), catalog: validated.catalog };
    const file = nerveServiceFiles(environment, 'service_a_node_1').get('web');
    config = JSON.parse(file?.content ?? '');
  });

  it('has its checks under the names of the agent, with times in seconds', () => {
    expect(config.checks).to.deep.equal([
      { type: 'tcp', timeout: 0.25, rise: 2, fall: 3, host: '127.0.0.1', port: 9_001 },
      { type: 'noop', name: 'always', ...timings },
      {
        type: 'http',
        uri: '/ready',
        method: 'POST',
        headers: { accept: 'text/plain' },
        body: 'ping',
        expect: 'pong',
        expect_status: [204, '2xx'],
        ...{ open_timeout: 0.3, ssl_timeout: 0.4, read_timeout: 0.8 },
        ssl: true,
        ...timings,
      },
      { type: 'redis', ...login, database: 3, write_read: true, ...tls, ...timings },
      { type: 'rabbitmq', ...login, vhost: '/v', queue: 'q', durable: true, ...tls, ...timings },
      { type: 'exec', command: ['/bin/true', '-x'], expect_exit: [0, 3], ...timings },
      { type: 'exec', command: 'test "$PORT" = 8001', ...timings },
      { type: 'grpc', service: 'pkg.Service', ...tls, ...timings },
      { type: 'sql', driver: 'mysql', ...login, database: 'd', query: 'DO 1', ...tls, ...timings },
      {
        type: 'module',
        path: '/srv/smartstack/web/custom-check.mjs',
        options: { deep: { list: [1, null] } },
        ...timings,
      },
      { type: 'module', path: '/opt/checks/other.mjs', ...timings },
    ]);
  });

  it('has its life cycle so, too', () => {
    expect(config).to.deep.include({
      check_interval: 1.5,
      fast_interval: 0.05,
      crash_watch: true,
      weight: 100,
      rate_limiting: { shadow_mode: false, average_rate: 0.5, max_burst: 4 },
      warm_up_seconds: 30,
      labels: { rack: 'r1', version: '1.2' },
      pre_up: { command: ['/usr/bin/test', '-e', '/ready'], timeout: 10 },
      pre_down: { command: ['/bin/sleep', '1'], timeout: 2.5 },
    });
  });

  it('is valid for the agent', () => {
    const parsed = parseNerveServiceConfig(config);
    expect(parsed.ok ? [] : parsed.problems).to.deep.equal([]);
  });
});
