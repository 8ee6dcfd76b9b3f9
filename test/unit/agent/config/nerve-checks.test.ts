import { expect } from 'chai';
import { checkSchema, remoteCheckSchema } from '../../../../agent/config/nerve-checks.ts';
import { formatProblem, parseConfig } from '../../../../agent/config/parse.ts';
import { defineCheck } from '../../../../agent/nerve/checks/definition.ts';

type Schema = typeof checkSchema | typeof remoteCheckSchema;

const problemsOf = (check: object, schema: Schema = checkSchema): readonly string[] => {
  const parsed = parseConfig(schema, check);
  return parsed.ok ? [] : parsed.problems.map((problem) => formatProblem('f', problem));
};
const accepted = (check: object): unknown => {
  const parsed = parseConfig(checkSchema, check);
  return parsed.ok ? parsed.config : expect.fail(JSON.stringify(parsed.problems));
};

describe('checks of a nerve service', () => {
  it("have the original's defaults, and ours", () => {
    const common = { timeout: 0.1, rise: 1, fall: 1 };
    expect(accepted({ type: 'redis' })).to.deep.equal({
      ...{ type: 'redis', ...common, database: 0, write_read: false, ssl: false },
    });
    expect(accepted({ type: 'rabbitmq' })).to.deep.equal({
      ...{ type: 'rabbitmq', ...common, username: 'guest', password: 'guest' },
      ...{ vhost: '/', queue: 'nerve', durable: false, ssl: false },
    });
    expect(accepted({ type: 'exec', command: 'true' })).to.deep.equal({
      ...{ type: 'exec', ...common, command: 'true', expect_exit: [0] },
    });
    expect(accepted({ type: 'grpc' })).to.deep.equal({
      ...{ type: 'grpc', ...common, service: '', ssl: false },
    });
    expect(accepted({ type: 'sql', driver: 'mysql', username: 'a' })).to.deep.equal({
      ...{ type: 'sql', ...common, driver: 'mysql', username: 'a', query: 'SELECT 1', ssl: false },
    });
    expect(accepted({ type: 'module', path: '/a.mjs' })).to.deep.equal({
      ...{ type: 'module', ...common, path: '/a.mjs', options: {} },
    });
  });

  it('take status codes and ranges of them, as they are written', () => {
    const expect_status = [204, '301', '2xx', '400-404'];
    const http = { type: 'http', uri: '/', expect_status };
    expect(accepted(http)).to.deep.include({ expect_status });
    expect(defineCheck({ host: 'a', port: 1 }, checkSchema.parse(http)))
      .to.have.property('statuses')
      .that.deep.equals([
        { low: 204, high: 204 },
        { low: 301, high: 301 },
        { low: 200, high: 299 },
        { low: 400, high: 404 },
      ]);
  });

  it('leave the password to its file', () => {
    expect(accepted({ type: 'rabbitmq', password_file: '/p' })).to.include({ password: undefined });
  });

  const status = 'a status code or a range of them, such as 204, "2xx" or "200-299"';
  const absolute = 'must be an absolute path, such as "/etc/smartstack/ca.pem"';
  const refused: readonly (readonly [object, string])[] = [
    [{ type: 'http', uri: '/', expect_status: [99] }, `expect_status[0]: is 99; must be ${status}`],
    [
      { type: 'http', uri: '/', expect_status: ['400-200'] },
      `expect_status[0]: is "400-200"; must be ${status}`,
    ],
    [
      { type: 'http', uri: '/', headers: { a: 'b\r\nc' } },
      'headers.a: is "b\\r\\nc"; must be one line of Latin-1 text',
    ],
    [
      { type: 'http', uri: '/', headers: { 'a b': '' } },
      'headers.a b: is "a b"; must be the name of a header',
    ],
    [
      { type: 'http', uri: '/', ca_file: '/ca' },
      'ca_file: has no effect without TLS; must stand beside "ssl": true',
    ],
    [{ type: 'grpc', ssl: true, cert_file: '/c' }, 'cert_file: must stand beside a key_file'],
    [{ type: 'grpc', ssl: true, ca_file: 'ca.pem' }, `ca_file: is "ca.pem"; ${absolute}`],
    [
      { type: 'redis', password: 'a', password_file: '/a' },
      'password_file: is given twice; must be either password or password_file',
    ],
    [
      { type: 'redis', password: 'secret'.repeat(1_000) },
      'password: is a string; must be at most 4096 characters long',
    ],
    [
      { type: 'redis', write_reed: true },
      'write_reed: unknown option "write_reed"; did you mean write_read?',
    ],
    [{ type: 'exec', command: [] }, 'command: is a list of 0; must be a list of at least 1'],
    [
      { type: 'exec', command: 'a\0b' },
      'command: is "a\\u0000b"; must be a list of a program and its arguments, or a line for the shell',
    ],
    [{ type: 'module', path: './a.mjs' }, `path: is "./a.mjs"; ${absolute}`],
    [
      { type: 'redsi' },
      'type: is "redsi"; must be one of tcp, http, noop, redis, rabbitmq, exec, grpc, sql, module' +
        ' (did you mean redis?)',
    ],
    [
      { type: 'foo', module: 'nerve-watcher-foo' },
      'type: names a Ruby module, which cannot be loaded here; ' +
        'must be {"type": "module", "path": "/absolute/path/of/a-check.mjs"}',
    ],
  ];
  for (const [check, problem] of refused) {
    it(`say: ${problem}`, () => expect(problemsOf(check)).to.deep.equal([`f: ${problem}`]));
  }
});

describe('checks that come over the network', () => {
  it('may only ask for what touches no file and runs no program', () => {
    for (const check of [
      { type: 'tcp' },
      { type: 'noop' },
      { type: 'http', uri: '/', ssl: true },
      { type: 'redis', password: 'a' },
      { type: 'grpc', ssl: true },
    ]) {
      expect(problemsOf(check, remoteCheckSchema)).to.deep.equal([]);
    }
    for (const check of [
      { type: 'exec', command: ['true'] },
      { type: 'module', path: '/a.mjs' },
      { type: 'sql', driver: 'mysql', username: 'a' },
      { type: 'rabbitmq' },
      { type: 'redis', password_file: '/a' },
      { type: 'http', uri: '/', ssl: true, ca_file: '/a' },
      { type: 'grpc', ssl: true, cert_file: '/a', key_file: '/a' },
    ]) {
      expect(problemsOf(check, remoteCheckSchema), JSON.stringify(check)).to.not.deep.equal([]);
    }
  });
});
