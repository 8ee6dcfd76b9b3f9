import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parseNerveConfig, parseNerveServiceConfig } from '../../../../agent/config/nerve.ts';
import { formatProblem, type ParsedConfig } from '../../../../agent/config/parse.ts';

const service = {
  host: '10.0.0.5',
  port: 3333,
  zk_hosts: ['10.0.0.1:2181'],
  zk_path: '/test/services/web/services',
};

const problems = (parsed: ParsedConfig<unknown>): string =>
  parsed.ok ? '' : parsed.problems.map((one) => formatProblem('f', one)).join('\n');
const problemsOf = (changes: object): string =>
  problems(parseNerveServiceConfig({ ...service, ...changes }));

describe('nerve configuration', () => {
  it("fills in the original's defaults for a service", () => {
    expect(
      parseNerveServiceConfig({ ...service, checks: [{ type: 'http', uri: '/' }] }),
    ).to.deep.equal({
      ok: true,
      config: {
        host: service.host,
        port: service.port,
        check_interval: 0.5,
        check_mocked: false,
        crash_watch: false,
        reporters: [
          {
            reporter_type: 'zookeeper',
            zk_hosts: service.zk_hosts,
            zk_path: service.zk_path,
            use_path_encoding: false,
            node_type: 'ephemeral_sequential',
          },
        ],
        checks: [
          {
            type: 'http',
            uri: '/',
            timeout: 0.1,
            rise: 1,
            fall: 1,
            method: 'GET',
            headers: {},
            expect_status: ['200-399'],
            ssl: false,
            open_timeout: 0.2,
            ssl_timeout: 0.2,
          },
        ],
      },
    });
  });

  it("fills in the original's defaults for the main file, and ours", () => {
    expect(parseNerveConfig({ instance_id: 'me', statsd: {} })).to.deep.equal({
      ok: true,
      config: {
        instance_id: 'me',
        services: {},
        statsd: { host: 'localhost', port: 8125 },
        zk_session_timeout_ms: 10_000,
        zk_acl: 'open',
        zk_tunnels: {},
        api_port: 3211,
        api_socket: null,
        state_path: null,
      },
    });
  });

  it('takes numbers as text, as Ruby does, and scalars as labels', () => {
    const changes = { port: '3333', weight: '2', labels: { shard: 1, canary: true, az: 'b' } };
    const parsed = parseNerveServiceConfig({ ...service, ...changes });
    expect(parsed).to.have.property('config').that.includes({ port: 3333, weight: 2 });
    expect(parsed)
      .to.have.nested.property('config.labels')
      .that.deep.equals({ shard: '1', canary: 'true', az: 'b' });
  });

  const refused: readonly (readonly [object, string])[] = [
    [{ host: 'a b' }, 'f: host: is "a b"; must be an address or a host name'],
    [{ port: 0 }, 'f: port: is 0; must be a whole number from 1 to 65535'],
    [{ port: undefined }, 'f: port: is missing; must be a number'],
    [{ weight: 257 }, 'f: weight: is 257; must be a whole number from 0 to 256'],
    [
      { check_interval: 0 },
      'f: check_interval: is 0; must be a number of seconds from 0.001 to 86400',
    ],
    [{ zk_hosts: [] }, 'f: zk_hosts: is a list of 0; must be a list of at least 1'],
    [
      { zk_hosts: ['a:2181/x', 'b:2181/y'] },
      'f: zk_hosts: is a list of 2; must be a list of hosts with one chroot: one session sees ' +
        'one part of the ensemble',
    ],
    [
      { zk_path: '/a//b' },
      'f: zk_path: is "/a//b"; must be a znode path such as "/production/services/web/services"',
    ],
    [
      { haproxy_server_options: 'a\nb' },
      'f: haproxy_server_options: is "a\\nb"; must be one line without control characters',
    ],
    [{ zk_host: [] }, 'f: zk_host: unknown option "zk_host"; did you mean zk_hosts?'],
    [{ checks: [{ type: 'http' }] }, 'f: checks[0].uri: is missing; must be a string'],
    [
      { checks: [{ type: 'tcp', raise: 2 }] },
      'f: checks[0].raise: unknown option "raise"; did you mean rise?',
    ],
    [
      { checks: [{ type: 'tcp', fall: 0 }] },
      'f: checks[0].fall: is 0; must be a whole number from 1 to 1000',
    ],
    [
      { reporter_type: 'consul' },
      'f: reporter_type: is "consul"; must be one of zookeeper, etcd, file',
    ],
    [
      { node_type: 'sequential' },
      'f: node_type: is "sequential"; must be one of ephemeral_sequential, persistent_sequential, ' +
        'persistent, ephemeral',
    ],
    [{ rate_limiting: { max_burst: 0 } }, 'f: rate_limiting.max_burst: is 0; must be at least 1'],
    [
      { reporter_type: 'etcd', zk_path: undefined, zk_hosts: undefined },
      'f: etcd_host: is missing; must be a string',
    ],
    [
      { reporters: [{ reporter_type: 'file', file_path: '/x' }] },
      'f: reporters: stands beside "zk_hosts"; must be the only one that names a reporter',
    ],
    [
      { warm_up_seconds: 10 },
      'f: warm_up_seconds: needs a weight to rise to; must come with "weight", such as 100',
    ],
    [{ pre_up: 'warm' }, 'f: pre_up: is "warm"; must be an object'],
    [{ reporter_type: 'file', file_path: 'x' }, 'f: file_path: is "x"; must be an absolute path'],
  ];
  for (const [changes, problem] of refused) {
    it(`says: ${problem}`, () => expect(problemsOf(changes)).to.equal(problem));
  }

  it('takes several reporters, and lets the type be written in any case', () => {
    const { zk_hosts: _, zk_path: __, ...instance } = service;
    const zookeeper = { zk_hosts: ['a:2181'], zk_path: '/s' };
    const reporters = [zookeeper, { reporter_type: 'File', file_path: '/run/web.json' }];
    expect(parseNerveServiceConfig({ ...instance, reporters }))
      .to.have.nested.property('config.reporters')
      .that.deep.equals([
        {
          reporter_type: 'zookeeper',
          ...zookeeper,
          use_path_encoding: false,
          node_type: 'ephemeral_sequential',
        },
        { reporter_type: 'file', file_path: '/run/web.json' },
      ]);
  });

  it('lets options of a reporter that was not chosen pass, as the original does', () => {
    expect(problemsOf({ etcd_host: 'a', etcd_port: 1 })).to.equal('');
  });

  it('asks for an owner where the world may not write', () => {
    expect(problems(parseNerveConfig({ instance_id: 'me', zk_acl: 'private' }))).to.equal(
      'f: zk_acl: is "private", which needs an owner; must come with "zk_digest_auth"',
    );
    const owner = { zk_digest_auth: 'nerve:secret', zk_acl: 'read-only' };
    expect(problems(parseNerveConfig({ instance_id: 'me', ...owner }))).to.equal('');
    const file = { zk_digest_auth_file: '/secret', zk_acl: 'read-only', zk_acl_root: '/prod' };
    expect(problems(parseNerveConfig({ instance_id: 'me', ...file }))).to.equal('');
    expect(problems(parseNerveConfig({ instance_id: 'me', ...owner, ...file }))).to.equal(
      'f: zk_digest_auth_file: is there beside "zk_digest_auth"; leave out one of them',
    );
    const half = parseNerveConfig({ instance_id: 'me', zk_digest_auth: 'secret' });
    expect(problems(half)).to.include('zk_digest_auth').and.not.to.include('secret');
  });

  it('refuses an instance id that is no legal name', () => {
    for (const instance_id of ['a b', 'a/b', '', '_a']) {
      expect(problems(parseNerveConfig({ instance_id }))).to.match(
        /^f: instance_id: is ".*"; must/,
      );
    }
  });

  describe("the original's examples", () => {
    // Copied from airbnb/nerve, example/.
    const read = async (name: string): Promise<unknown> =>
      JSON.parse(
        await readFile(new URL(`../../../support/compat/nerve/${name}`, import.meta.url), 'utf8'),
      );

    for (const name of ['zookeeper_service1.json', 'etcd_service1.json']) {
      it(`accepts ${name} as it is`, async () => {
        expect(problems(parseNerveServiceConfig(await read(name)))).to.equal('');
      });
    }

    it('accepts the main file as it is', async () => {
      expect(problems(parseNerveConfig(await read('nerve.conf.json')))).to.equal('');
    });
  });
});
