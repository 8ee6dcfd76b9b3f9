import { expect } from 'chai';
import { reachedAt, tlsPortOf } from '../../../infra/catalog/queries.ts';
import { validateCatalog } from '../../../infra/catalog/validate.ts';

const web = { port: 8001, localPort: 3333, on: ['one'] };

function validate(services: object, ensemble: object = {}, more: object = {}) {
  const hosts = {
    zoo: { id: 1, roles: ['zookeeper'] },
    one: { id: 2, roles: ['service'] },
    two: { id: 3, roles: ['service'] },
  };
  const written = { environment: 'test', ensemble: { size: 1, ...ensemble }, hosts, services };
  const catalog = { ...written, ...more };
  return validateCatalog(catalog, { deployed: {}, fileExists: () => true });
}

function mistakes(services: object, ensemble?: object): readonly string[] {
  const result = validate(services, ensemble);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe("a service's TLS", () => {
  it('is none by default; listens 10,000 ports above its own, or where it says', () => {
    const result = validate({
      plain: web,
      tls: { ...web, port: 8002, localPort: 3334, tls: true },
      chosen: { ...web, port: 8003, localPort: 3335, tls: { port: 9443 } },
    });
    if (!result.ok) return expect.fail(JSON.stringify(result.problems));
    const services = Object.values(result.catalog.services);
    expect(services.map(tlsPortOf)).to.deep.equal([undefined, 18_002, 9_443]);
    expect(services.map(reachedAt)).to.deep.equal([8_001, 18_002, 9_443]);
  });

  it('is no word, and has a port that is one', () => {
    expect(mistakes({ web: { ...web, tls: 'yes' } })).to.deep.equal([
      'services.web.tls: must be true, false, or { port: … } with a port for TLS',
    ]);
    expect(mistakes({ web: { ...web, port: 60_000, tls: true } })).to.deep.equal([
      'services.web.tls: 70000, its port for TLS, is above 65535; try tls: { port: 18001 }',
    ]);
    expect(mistakes({ web: { ...web, tls: { port: 3212 } } })).to.deep.equal([
      "services.web.tls: 3212, its port for TLS, is reserved for HAProxy's statistics; " +
        'try tls: { port: 18001 }',
    ]);
  });

  it('is for no service whose proxy would have the name of one that hosts have anyway', () => {
    expect(mistakes({ certificates: web })).to.deep.equal([]);
    expect(mistakes({ certificates: { ...web, tls: true } })).to.deep.equal([
      'services.certificates: certificates.tls is a proxy that each host with TLS has; ' +
        'try "certificates_service"',
    ]);
  });

  it('has a port that nobody else has on its hosts', () => {
    const high = { port: 18_001, localPort: 3334, on: ['one'] };
    const same = { port: 8002, localPort: 3335, on: ['one'], tls: { port: 18_010 } };
    const late = { port: 8010, localPort: 3336, on: ['two', 'one'], tls: true };
    const local = { port: 8003, localPort: 3337, on: ['one'], tls: { port: 3334 } };
    const own = { port: 8004, localPort: 3338, on: ['one'], tls: { port: 8004 } };
    const services = { web: { ...web, tls: true }, high, same, late, local, own };
    expect(mistakes(services)).to.deep.equal([
      'services.web.tls: 18001, its port for TLS, is taken on one by high; try tls: { port: 18002 }',
      'services.late.tls: 18010, its port for TLS, is taken on one by the TLS of same; ' +
        'try tls: { port: 18002 }',
      'services.local.tls: 3334, its port for TLS, is taken on one by the local port of high; ' +
        'try tls: { port: 18002 }',
      'services.own.tls: 8004, its port for TLS, is taken on one by own; try tls: { port: 18002 }',
    ]);
  });

  it('may have the port of another that runs elsewhere', () => {
    const other = { port: 8002, localPort: 3334, on: ['two'], tls: { port: 18_001 } };
    expect(mistakes({ web: { ...web, tls: true }, other })).to.deep.equal([]);
  });
});

describe("the ensemble's TLS", () => {
  it('is on, off, or has never been', () => {
    const tlsOf = (ensemble: object): unknown => {
      const result = validate({ web }, ensemble);
      return result.ok ? result.catalog.ensemble.tls : result.problems;
    };
    expect([{}, { tls: true }, { tls: false }].map(tlsOf)).to.deep.equal([undefined, true, false]);
    expect(mistakes({ web }, { tls: 'both' })).to.deep.equal([
      'ensemble.tls: must be true or false',
    ]);
  });

  it('has ports that no service has', () => {
    const services = {
      door: { ...web, port: 2281 },
      tunnel: { ...web, port: 8002, localPort: 12_181 },
      third: { ...web, port: 8003, localPort: 3335, on: ['two'], tls: { port: 2281 } },
    };
    expect(mistakes(services)).to.deep.equal([]);
    expect(mistakes(services, { tls: true })).to.deep.equal([
      'services.door.port: 2281 is reserved for ZooKeeper clients that come over TLS; try 2282',
      'services.tunnel.localPort: 12181 is reserved for the tunnel to zoo; try 12182',
      'services.third.tls: 2281 is reserved for ZooKeeper clients that come over TLS; try 2282',
    ]);
  });
});

describe('the authorities that are trusted', () => {
  const said = (authorities: unknown): unknown => {
    const result = validate({ web }, {}, { authorities });
    if (result.ok) return result.catalog.authorities;
    return result.problems.map(({ path, message }) => `${path}: ${message}`);
  };

  it('are one by default, and as many as it says', () => {
    expect(said(undefined)).to.deep.equal([1]);
    expect(said([2, 1])).to.deep.equal([2, 1]);
  });

  it('are numbers, each of them once, and one at least', () => {
    expect(said([])).to.deep.equal(['authorities: needs one that signs']);
    expect(said([1, 1])).to.deep.equal(['authorities: names one twice']);
    expect(said([0])).to.deep.equal(['authorities[0]: must be at least 1']);
    expect(said(2)).to.deep.equal(['authorities: is 2; must be a list']);
  });
});
