import { expect } from 'chai';
import { parseSynapseConfig } from '../../../agent/config/synapse.ts';
import { synapseFiles } from '../../../infra/render/synapse.ts';
import {
  environmentWith,
  renderedConfig,
  renderedHaproxy,
  type ServiceOptions,
} from '../../support/rendered-service.ts';
import { tutorialEnvironment } from '../../support/tutorial.ts';

describe('synapseFiles', () => {
  it('is valid for the agent', () => {
    const { content } = synapseFiles(tutorialEnvironment())('service_b_node_1');
    expect(parseSynapseConfig(JSON.parse(content))).to.include({ ok: true });
  });

  it('offers each consumed service on its local port, found at its path', () => {
    const { path, content } = synapseFiles(tutorialEnvironment())('service_b_node_1');
    expect(path).to.equal('/etc/smartstack/synapse.conf.json');
    const { services } = JSON.parse(content);
    expect(services.service_a.haproxy.port).to.equal(3333);
    expect(services.service_b.haproxy.port).to.equal(3334);
    expect(services.service_a.discovery).to.deep.equal({
      method: 'zookeeper',
      path: '/tutorial/services/service_a/services',
      hosts: ['192.0.2.11:2181', '192.0.2.12:2181', '192.0.2.13:2181'],
    });
  });

  it('lets operators change things over a socket of its own', () => {
    const { content } = synapseFiles(tutorialEnvironment())('service_b_node_1');
    expect(JSON.parse(content).api_socket).to.equal('/run/smartstack/synapse.sock');
  });

  it('leaves out services that the host does not consume', () => {
    const { catalog, addresses } = tutorialEnvironment();
    const { service_a: a, service_b: b } = catalog.services;
    if (!a || !b) return expect.fail('the shipped catalog has both');
    const services = { service_a: a, service_b: { ...b, consumers: ['service_a_node_1'] } };
    const file = synapseFiles({ addresses, catalog: { ...catalog, services } })('service_b_node_1');
    expect(Object.keys(JSON.parse(file.content).services)).to.deep.equal(['service_a']);
  });

  it('is one text for hosts that read the same, and another where one word differs', () => {
    const near = { proxy: { zone: { minShare: 0.5 } } };
    const alike = environmentWith({ near }, { host: { zone: 'east' } });
    const fileOf = synapseFiles(alike);
    expect(fileOf('two')).to.equal(fileOf('one'));

    const { one, two } = alike.catalog.hosts;
    if (!one || !two) return expect.fail('the environment has both');
    const hosts = { ...alike.catalog.hosts, two: { ...two, zone: 'west' } };
    for (const environment of [
      { ...alike, catalog: { ...alike.catalog, hosts } },
      environmentWith({ plain: {}, web: { consumers: ['one'] } }),
      environmentWith({ plain: {}, web: { tls: true } }),
    ]) {
      const differing = synapseFiles(environment);
      expect(differing('one').content).not.to.equal(differing('two').content);
    }
  });

  it('lets HAProxy itself check every instance (law 1)', () => {
    const { content } = synapseFiles(tutorialEnvironment())('service_b_node_1');
    const { server_options: options, listen } = JSON.parse(content).services.service_a.haproxy;
    expect(options).to.equal(
      'check inter 2000ms fastinter 100ms downinter 500ms rise 2 fall 2 ' +
        'observe layer4 error-limit 1 on-error sudden-death maxconn 500',
    );
    expect(listen).to.include('option httpchk GET /health');
  });

  it('escapes in the path of a check what has a meaning for HAProxy', () => {
    const uri = String.raw`/it's?a="$b"#\%`;
    const { listen } = renderedHaproxy({ proxy: { check: { uri } } });
    expect(listen).to.include(String.raw`option httpchk GET /it\'s?a=\"$b\"\#\\%`);
  });

  it('repeats requests only where that is safe', () => {
    const { content } = synapseFiles(tutorialEnvironment())('service_b_node_1');
    const lines: readonly string[] = JSON.parse(content).services.service_a.haproxy.listen;
    expect(lines).to.include('retry-on conn-failure empty-response response-timeout');
    expect(lines).to.include('http-request disable-l7-retry unless { method GET HEAD OPTIONS }');
  });

  it('leaves a tcp service what is safe for it: connections wait and live long', () => {
    const { server_options, listen } = renderedHaproxy({ mode: 'tcp' });
    expect(server_options).not.to.include('maxconn');
    expect(server_options).to.include('observe layer4 error-limit 1 on-error sudden-death');
    expect(listen).to.deep.equal([
      'mode tcp',
      'balance roundrobin',
      'retries 3',
      'option redispatch 1',
      'timeout connect 1000ms',
      'timeout queue 10000ms',
      'timeout check 1000ms',
      'option clitcpka',
      'option srvtcpka',
      'timeout client 3600000ms',
      'timeout server 3600000ms',
    ]);
  });

  it('renders what the catalog says of a proxy', () => {
    const proxy: ServiceOptions['proxy'] = {
      balance: 'hdr(X-User)',
      check: { intervalMs: 50 },
      retry: { attempts: 5, on: ['503'], methods: ['PUT'] },
      observe: { by: 'layer7', errors: 10, action: 'fail-check' },
      maxConnections: null,
      queueTimeoutMs: 700,
      slowStartMs: 9_000,
    };
    const { server_options, listen } = renderedHaproxy({ proxy });
    expect(server_options).to.equal(
      'check inter 50ms fastinter 50ms downinter 50ms rise 2 fall 2 ' +
        'observe layer7 error-limit 10 on-error fail-check slowstart 9000ms',
    );
    expect(listen).to.include.members([
      'balance hdr(X-User)',
      'hash-type consistent',
      'retries 5',
      'timeout queue 700ms',
      'retry-on conn-failure 503',
      'http-request disable-l7-retry unless { method PUT }',
    ]);
  });

  it('repeats nothing where no method may be, and observes nothing where it shall not', () => {
    const proxy: ServiceOptions['proxy'] = {
      retry: { methods: [] },
      observe: false,
      balance: 'url_param(user)',
    };
    const { server_options, listen } = renderedHaproxy({ proxy });
    expect(listen).to.include.members(['http-request disable-l7-retry', 'balance url_param user']);
    expect(server_options).not.to.include('observe');
  });

  it('lets registered weights count, and tells statsd where it is', () => {
    const plain = renderedConfig(environmentWith({ web: {} }));
    expect(plain.haproxy?.use_nerve_weights).to.equal(true);
    expect(plain).not.to.have.property('statsd');
    const statsd = { host: '192.0.2.9' };
    const sent = renderedConfig(environmentWith({ web: {} }, { statsd }));
    expect(sent.statsd).to.deep.equal({ host: '192.0.2.9', port: 8_125 });
  });

  it('guards a service as it says, and prefers the zone of the host', () => {
    const proxies = {
      plain: {},
      loose: { guard: { share: 0.8, holdMs: 60_000 } },
      open: { guard: false },
      near: { zone: { minShare: 0.5 } },
    } as const;
    const services = Object.fromEntries(
      Object.entries(proxies).map(([name, proxy]) => [name, { proxy }]),
    );
    const rendered = renderedConfig(environmentWith(services, { host: { zone: 'east' } })).services;
    expect(rendered?.plain).not.to.have.any.keys('guard', 'zone');
    expect(rendered?.loose?.guard).to.deep.equal({ share: 0.8, hold_seconds: 60 });
    expect(rendered?.open?.guard).to.equal(null);
    expect(rendered?.near?.zone).to.deep.equal({ label: 'zone', value: 'east', min_share: 0.5 });
    // A zone may die as a whole.
    expect(rendered?.near?.haproxy?.server_options).to.include('on-error mark-down');
  });
});
