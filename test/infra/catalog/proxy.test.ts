import { expect } from 'chai';
import { validateCatalog } from '../../../infra/catalog/validate.ts';

/** Mistakes as `path: message`, of a catalog with one service on the hosts `one` and `two`. */
function mistakes(service: object, more: object = {}, two: object = {}): readonly string[] {
  const catalog = {
    environment: 'test',
    ensemble: { size: 1 },
    hosts: {
      zoo: { id: 1, roles: ['zookeeper'] },
      one: { id: 2, roles: ['service'], zone: 'east' },
      two: { id: 3, roles: ['service'], ...two },
    },
    services: { web: { port: 8_001, localPort: 3_333, on: ['one'], ...service } },
    ...more,
  };
  const result = validateCatalog(catalog, { deployed: {}, fileExists: () => true });
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('the proxy of a service in the catalog', () => {
  it('takes what HAProxy takes, and says what would be right', () => {
    const proxy = {
      balance: 'static-rr',
      retry: { on: ['404'], attempts: 21 },
      observe: { by: 'layer5' },
      maxConnections: 0,
      guard: { share: 2 },
    };
    const found = mistakes({ proxy });
    expect(found[0]).to.equal(
      'services.web.proxy.balance: ' +
        'must be roundrobin, leastconn, random, source, uri, hdr(NAME) or url_param(NAME)',
    );
    expect(found.map((one) => one.split(':')[0])).to.deep.equal([
      'services.web.proxy.balance',
      'services.web.proxy.retry.attempts',
      'services.web.proxy.retry.on[0]',
      'services.web.proxy.observe',
      'services.web.proxy.maxConnections',
      'services.web.proxy.guard.share',
    ]);
  });

  it('injects nothing by the name of a header', () => {
    expect(mistakes({ proxy: { balance: 'hdr(a)\nserver evil 10.0.0.1:80' } })).to.have.length(1);
    expect(mistakes({ proxy: { balance: 'url_param(a b)' } })).to.have.length(1);
    expect(mistakes({ proxy: { balance: 'hdr(X-User)' } })).to.deep.equal([]);
  });

  it('refuses for tcp what takes requests of HTTP', () => {
    const proxy = { balance: 'uri', observe: { by: 'layer7' } };
    expect(mistakes({ mode: 'tcp', proxy })).to.deep.equal([
      'services.web.proxy.balance: "uri" takes requests of HTTP; use source, or mode: \'http\'',
      "services.web.proxy.observe.by: layer7 takes answers of HTTP; use layer4, or mode: 'http'",
    ]);
    expect(mistakes({ proxy })).to.deep.equal([]);
  });

  it('wants a zone for every host of a service that prefers one', () => {
    const proxy = { zone: {} };
    expect(mistakes({ proxy })).to.deep.equal([
      'services.web.proxy.zone: needs a zone for each host of the service; give one to two',
    ]);
    expect(mistakes({ proxy }, {}, { zone: 'west' })).to.deep.equal([]);
    expect(mistakes({ proxy, consumers: ['one'] })).to.deep.equal([]);
    expect(mistakes({ labels: { zone: 'x' } })).to.deep.equal([
      'services.web.labels.zone: one has a zone of its own, which takes this label; leave it out here',
    ]);
  });

  it('tells of mistakes in statsd beside all others', () => {
    const found = mistakes({ port: 0 }, { statsd: { host: 'no host', ports: 1 } });
    expect(found.map((one) => one.split(':')[0])).to.include.members([
      'statsd.host',
      'services.web.port',
    ]);
  });
});
