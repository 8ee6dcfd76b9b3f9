import { expect } from 'chai';
import { parseSynapseConfig } from '../../../agent/config/synapse.ts';
import { synapseFile } from '../../../infra/render/synapse.ts';
import { tutorialEnvironment } from '../../support/tutorial.ts';

describe('synapseFile', () => {
  it('is valid for the agent', () => {
    const { content } = synapseFile(tutorialEnvironment(), 'service_b_node_1');
    expect(parseSynapseConfig(JSON.parse(content))).to.include({ ok: true });
  });

  it('offers each consumed service on its local port, found at its path', () => {
    const { path, content } = synapseFile(tutorialEnvironment(), 'service_b_node_1');
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
    const { content } = synapseFile(tutorialEnvironment(), 'service_b_node_1');
    expect(JSON.parse(content).api_socket).to.equal('/run/smartstack/synapse.sock');
  });

  it('leaves out services that the host does not consume', () => {
    const { catalog, addresses } = tutorialEnvironment();
    const { service_a: a, service_b: b } = catalog.services;
    if (!a || !b) return expect.fail('the shipped catalog has both');
    const services = { service_a: a, service_b: { ...b, consumers: ['service_a_node_1'] } };
    const file = synapseFile({ addresses, catalog: { ...catalog, services } }, 'service_b_node_1');
    expect(Object.keys(JSON.parse(file.content).services)).to.deep.equal(['service_a']);
  });

  it('lets HAProxy itself check every instance (law 1)', () => {
    const { content } = synapseFile(tutorialEnvironment(), 'service_b_node_1');
    const { server_options: options, listen } = JSON.parse(content).services.service_a.haproxy;
    expect(options).to.equal('check inter 2000ms rise 2 fall 2');
    expect(listen).to.include('option httpchk GET /health');
  });

  it('repeats requests only where that is safe', () => {
    const { content } = synapseFile(tutorialEnvironment(), 'service_b_node_1');
    const lines: readonly string[] = JSON.parse(content).services.service_a.haproxy.listen;
    expect(lines).to.include('retry-on conn-failure empty-response response-timeout');
    expect(lines).to.include('http-request disable-l7-retry unless METH_GET or { method OPTIONS }');
  });
});
