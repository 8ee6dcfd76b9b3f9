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
        ...service,
        reporter_type: 'zookeeper',
        check_interval: 0.5,
        check_mocked: false,
        use_path_encoding: false,
        node_type: 'ephemeral_sequential',
        checks: [
          {
            type: 'http',
            uri: '/',
            timeout: 0.1,
            rise: 1,
            fall: 1,
            headers: {},
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
        api_port: 3211,
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
      { zk_hosts: ['a:2181/chroot'] },
      'f: zk_hosts[0]: is "a:2181/chroot"; must be host:port, such as "10.0.0.1:2181"',
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
      { checks: [{ type: 'redis' }] },
      'f: checks[0].type: is "redis", which is not supported yet; must be tcp, http or noop',
    ],
    [
      { reporter_type: 'ETCD' },
      'f: reporter_type: is "etcd", which is not supported yet; must be "zookeeper"',
    ],
    [{ reporter_type: 'consul' }, 'f: reporter_type: names no reporter; must be "zookeeper"'],
    [
      { node_type: 'persistent' },
      'f: node_type: is not supported yet; must be "ephemeral_sequential"',
    ],
    [{ rate_limiting: {} }, 'f: rate_limiting: is not supported yet; leave it out'],
    [{ etcd_host: 'a' }, 'f: etcd_host: is not supported yet; leave it out'],
  ];
  for (const [changes, problem] of refused) {
    it(`says: ${problem}`, () => expect(problemsOf(changes)).to.equal(problem));
  }

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

    it('accepts the ZooKeeper service as it is', async () => {
      expect(problems(parseNerveServiceConfig(await read('zookeeper_service1.json')))).to.equal('');
    });

    it('names what comes later, and nothing else', async () => {
      expect(problems(parseNerveConfig(await read('nerve.conf.json')))).to.equal(
        'f: services.rabbitmq_service.checks[0].type: is "rabbitmq", which is not supported yet; ' +
          'must be tcp, http or noop',
      );
      const etcd = problems(parseNerveServiceConfig(await read('etcd_service1.json')));
      expect(etcd).to.include('f: reporter_type: is "etcd", which is not supported yet');
      expect(etcd).to.include('f: etcd_host: is not supported yet; leave it out');
    });
  });
});
