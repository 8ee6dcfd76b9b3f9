import { expect } from 'chai';
import type { Surroundings } from '../../../infra/catalog/rule.ts';
import { validateCatalog } from '../../../infra/catalog/validate.ts';
import { catalog as shipped } from '../../../infra/catalog.ts';

const bare: Surroundings = { deployed: {}, fileExists: () => true };

const hosts = {
  zoo: { id: 1, roles: ['zookeeper'] },
  one: { id: 2, roles: ['service'] },
  two: { id: 3, roles: ['service'] },
};
const web = { port: 8001, localPort: 3333, on: ['one'] };

function catalogWith(changes: object): object {
  return { environment: 'test', ensemble: { size: 1 }, hosts, services: { web }, ...changes };
}

/** Mistakes as `path: message`. */
function mistakes(input: unknown, surroundings = bare): readonly string[] {
  const result = validateCatalog(input, surroundings);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('validateCatalog', () => {
  it('accepts the catalog that ships', () => {
    const result = validateCatalog(shipped, bare);
    expect(result).to.include({ ok: true });
  });

  it('fills in defaults for a service of three lines', () => {
    const result = validateCatalog(catalogWith({}), bare);
    expect(result.ok && result.catalog.services.web).to.deep.equal({
      ...web,
      consumers: 'all',
      calls: [],
      mode: 'http',
      tls: false,
      checkIntervalMs: 1_000,
      checks: [{ type: 'http', uri: '/health', timeoutMs: 1_000, rise: 1, fall: 1 }],
      crashWatch: false,
      proxy: {
        balance: 'roundrobin',
        check: {
          uri: '/health',
          intervalMs: 2_000,
          fastIntervalMs: 100,
          downIntervalMs: 500,
          timeoutMs: 1_000,
          rise: 2,
          fall: 2,
        },
        connectTimeoutMs: 1_000,
        responseTimeoutMs: 30_000,
        idleTimeoutMs: 3_600_000,
        retry: {
          attempts: 3,
          on: ['empty-response', 'response-timeout'],
          methods: ['GET', 'HEAD', 'OPTIONS'],
        },
        observe: { by: 'layer4', errors: 1 },
        queueTimeoutMs: 10_000,
      },
    });
  });

  it('checks a tcp service by connecting', () => {
    const result = validateCatalog(
      catalogWith({ services: { web: { ...web, mode: 'tcp' } } }),
      bare,
    );
    expect(result.ok && result.catalog.services.web?.checks).to.deep.equal([
      { type: 'tcp', timeoutMs: 1_000, rise: 1, fall: 1 },
    ]);
  });

  it('reports ten mistakes at once, each with where and what would be right', () => {
    const found = mistakes({
      environment: 'Test Env',
      ensemble: { size: 2, heap: 128, tickTimeMs: 200 },
      hosts: {
        ...hosts,
        'Big Host': { id: 9, roles: ['service'] },
        three: { id: 3, roles: ['service'] },
      },
      services: {
        web: { ...web, on: ['oen'] },
        api: { port: 3210, localPort: 3333, on: ['one'] },
        nerve: { port: 8003, localPort: 3335, on: ['one'] },
        shop: { port: 8001, localPort: 3336, on: ['two', 'two'], consumers: ['zoo'] },
        blog: { port: 70_000, localPort: 3337, on: [] },
      },
    });
    expect(found).to.deep.equal([
      'environment: must be lower-case letters, digits and hyphens',
      'ensemble.tickTimeMs: must be at least 500: no session lasts longer than 20 ticks, ' +
        'and agents need 10 s',
      'ensemble.heap: unknown option "heap"; did you mean heapMb?',
      'services.blog.port: must be a port from 1 to 65535',
      'services.blog.on: needs at least one host',
      'hosts.Big Host: a name has 1 to 48 lower-case letters, digits, hyphens and underscores, ' +
        'starts with a letter, and ends with a letter or digit; try "big_host"',
      'hosts.three.id: 3 is also the id of two; try 4',
      'services.nerve: "nerve" is a unit of the system; try "nerve_service"',
      'services.web.on[0]: no host "oen"; there are one, two, Big Host, three',
      'services.shop.on[1]: "two" is there twice',
      'services.shop.consumers[0]: zoo lacks the role service; give it that, or use another',
      'services.api.port: 3210 is reserved for synapse; try 8002',
      'services.api.localPort: 3333 is also the local port of web; try 3334',
    ]);
  });

  it('wants the ensemble as large as it says', () => {
    expect(mistakes(catalogWith({ ensemble: { size: 3 } }))).to.deep.equal([
      'ensemble.size: is 3, but zoo have the role zookeeper; make them agree',
    ]);
  });

  it('warns of an even ensemble', () => {
    const result = validateCatalog(
      catalogWith({
        ensemble: { size: 2 },
        hosts: { ...hosts, zoo2: { id: 4, roles: ['zookeeper'] } },
      }),
      bare,
    );
    expect(result.ok && result.warnings).to.deep.equal([
      {
        path: 'ensemble.size',
        message: '2 members survive no more failures than 1; use an odd number',
      },
    ]);
  });

  it('refuses an id that changed', () => {
    const deployed = { zoo: { id: 7, roles: ['zookeeper' as const] } };
    expect(mistakes(catalogWith({}), { ...bare, deployed })).to.deep.equal([
      'hosts.zoo.id: was 7 and cannot change while the host exists; put 7 back, ' +
        'or add a host under a new name',
    ]);
  });

  it('lets members of the ensemble come and go, but not all of them at once', () => {
    const member = (id: number) => ({ id, roles: ['zookeeper' as const] });
    const kept = { zoo: member(1), zoo2: member(4) };
    expect(mistakes(catalogWith({}), { ...bare, deployed: kept })).to.deep.equal([]);
    const deployed = { zoo2: member(4), zoo3: member(5) };
    expect(mistakes(catalogWith({}), { ...bare, deployed })).to.deep.equal([
      "hosts: none of the ensemble's members stays (zoo2, zoo3), and what it knows would be lost; " +
        'keep one of them, run up, then take it out',
    ]);
  });

  it('keeps instances and local ports of one host apart', () => {
    const services = {
      web,
      api: { port: 8001, localPort: 3334, on: ['one'] },
      shop: { port: 3333, localPort: 3335, on: ['two'] },
    };
    expect(mistakes(catalogWith({ services }))).to.deep.equal([
      'services.api.port: 8001 is taken on one by web; try 8002',
      'services.shop.port: 3333 is taken on two by the local port of web; try 8002',
    ]);
  });

  it('allows the same port on different hosts', () => {
    const services = { web, api: { port: 8001, localPort: 3334, on: ['two'] } };
    expect(mistakes(catalogWith({ services }))).to.deep.equal([]);
  });

  it('lets services call those that their hosts can reach', () => {
    const api = { port: 8002, localPort: 3334, on: ['two'], consumers: ['two'] };
    const calling = (calls: readonly string[], consumers: readonly string[] = ['two']) =>
      mistakes(catalogWith({ services: { web: { ...web, calls }, api: { ...api, consumers } } }));
    expect(calling(['api'], ['one'])).to.deep.equal([]);
    expect(calling(['api', 'api', 'apo'])).to.deep.equal([
      'services.web.calls[0]: one cannot reach api; add to services.api.consumers, or leave that out',
      'services.web.calls[1]: "api" is there twice',
      'services.web.calls[2]: no service "apo"; there are web, api',
    ]);
  });

  it('names files that are not there', () => {
    const services = { web: { ...web, run: { command: 'a', files: { 'a.sh': 'no/a.sh' } } } };
    expect(mistakes(catalogWith({ services }), { ...bare, fileExists: () => false })).to.deep.equal(
      [
        'services.web.run.files.a.sh: there is no file "no/a.sh"; ' +
          "give a path relative to the repository's root",
      ],
    );
  });

  it('names a program that is nowhere', () => {
    const starting = (command: string) =>
      mistakes(catalogWith({ services: { web: { ...web, run: { command, files } } } }));
    const files = { 'a.sh': 'a.sh' };
    const own = ['a.sh -x', './a.sh', '-./a.sh', 'node a.sh'];
    for (const command of [...own, '/bin/sh bin/a.sh', '"/opt/an app/run" x', '%h/bin/run']) {
      expect(starting(command), command).to.deep.equal([]);
    }
    expect(starting('bin/a.sh -x')).to.deep.equal([
      'services.web.run.command: "bin/a.sh" is not among run.files (there: a.sh); ' +
        'add it there, or give an absolute path on the host',
    ]);
  });

  it('lets no control character into a unit', () => {
    const services = { web: { ...web, run: { command: 'a\nUser=root' } } };
    expect(mistakes(catalogWith({ services }))).to.deep.equal([
      'services.web.run.command: must be one line without control characters',
    ]);
  });

  it('answers anything at all with a problem, never with a throw', () => {
    for (const input of [undefined, null, 3, 'x', [], {}, { hosts: [], services: 1 }]) {
      expect(validateCatalog(input, bare)).to.include({ ok: false });
    }
  });
});
