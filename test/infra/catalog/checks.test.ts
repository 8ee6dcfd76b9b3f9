import { expect } from 'chai';
import { validateCatalog } from '../../../infra/catalog/validate.ts';
import { fullService } from '../../support/full-service.ts';

/** Mistakes of a service with these fields, as `path: message`, the paths within the service. */
function mistakes(fields: object): readonly string[] {
  const result = validateCatalog(
    {
      environment: 'test',
      ensemble: { size: 1 },
      hosts: {
        zoo: { id: 1, roles: ['zookeeper'] },
        service_a_node_1: { id: 2, roles: ['service'] },
      },
      services: { web: { port: 8001, localPort: 3333, on: ['service_a_node_1'], ...fields } },
    },
    { deployed: {}, fileExists: () => true },
  );
  if (result.ok) return [];
  return result.problems.map(
    ({ path, message }) => `${path.replace('services.web.', '')}: ${message}`,
  );
}

describe('what nerve is told in the catalog', () => {
  it('accepts everything there is', () => {
    expect(mistakes(fullService)).to.deep.equal([]);
  });

  it('names the nearest kind of check', () => {
    expect(mistakes({ checks: [{ type: 'htp' }] })).to.deep.equal([
      'checks[0].type: is "htp"; must be one of tcp, noop, http, redis, rabbitmq, exec, grpc, sql, ' +
        'module (did you mean http?)',
    ]);
  });

  it('wants no password in the catalog, and says where it belongs', () => {
    for (const check of [
      { type: 'redis', password: 'secret' },
      { type: 'rabbitmq', password: 'secret' },
      { type: 'sql', driver: 'mysql', username: 'u', password: 'secret' },
    ]) {
      expect(mistakes({ checks: [check] })).to.deep.equal([
        'checks[0].password: would be for all to read here; put it into a file on the host, ' +
          'and name "passwordFile"',
      ]);
    }
  });

  it('reports what is wrong with each check at once', () => {
    const checks = [
      { type: 'http', expectStatus: ['2x'], headers: { 'a b': '' } },
      { type: 'redis', passwordFile: 'password', database: -1 },
      { type: 'exec', command: [], expectExit: [256] },
      { type: 'sql', driver: 'oracle' },
      { type: 'grpc', tls: { certFile: '/etc/c.pem' }, timeout: 1 },
      { type: 'module' },
    ];
    expect(mistakes({ checks })).to.deep.equal([
      'checks[0].headers.a b: must be the name of a header',
      'checks[0].expectStatus[0]: must be a status or a range of them, such as 204, "2xx" or ' +
        '"200-299"',
      'checks[1].passwordFile: must be an absolute path on the host',
      'checks[1].database: must be 0 to 65535',
      'checks[2].command: needs a program, and its arguments: ["/usr/bin/true", "-x"]',
      'checks[2].expectExit[0]: must be 0 to 255',
      'checks[3].driver: is "oracle"; must be one of "postgresql", "mysql"',
      'checks[3].username: is missing; must be a string',
      'checks[4].tls: has one of certFile and keyFile; must have both or neither',
      'checks[4].timeout: unknown option "timeout"; did you mean timeoutMs?',
      'checks[5].path: is missing; must be a string',
    ]);
  });

  it('finds the module of a check among the files of the service', () => {
    const checks = [{ type: 'module', path: 'chek.mjs' }];
    const run = { command: 'a', files: { 'check.mjs': 'check.mjs' } };
    expect(mistakes({ checks, run })).to.deep.equal([
      'checks[0].path: "chek.mjs" is not among run.files (there: check.mjs); ' +
        'add it there, or give an absolute path on the host',
    ]);
    expect(mistakes({ checks })).to.have.length(1);
    expect(mistakes({ checks: [{ type: 'module', path: '/opt/chek.mjs' }] })).to.deep.equal([]);
  });

  it('wants a weight that a warm-up can rise to', () => {
    const problem = 'warmUpMs: needs a weight to rise to; add one, such as weight: 100';
    expect(mistakes({ warmUpMs: 1_000 })).to.deep.equal([problem]);
    expect(mistakes({ warmUpMs: 1_000, weight: 1 })).to.deep.equal([problem]);
    expect(mistakes({ warmUpMs: 1_000, weight: 2 })).to.deep.equal([]);
  });

  it('keeps weight, labels and hooks within what the registry and the host can take', () => {
    const labels = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, 'x']));
    const found = mistakes({ weight: 257, labels, preUp: { command: [] }, preDown: {} });
    expect(found).to.deep.equal([
      'weight: must be 0 to 256',
      'labels: must be at most 64 labels',
      'preUp.command: needs a program, and its arguments: ["/usr/bin/true", "-x"]',
      'preDown.command: is missing; must be a list',
    ]);
    const slow = { command: ['/bin/true'], timeoutMs: 10_001 };
    expect(mistakes({ preUp: slow, preDown: slow })).to.deep.equal([
      'preDown.timeoutMs: must be at most 10000: nerve itself may take 15 s to stop',
    ]);
  });
});
