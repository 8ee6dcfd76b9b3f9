import { expect } from 'chai';
import type { Instance } from '../../../../agent/synapse/instance.ts';
import { selectInstances } from '../../../../agent/synapse/select.ts';
import { type ServiceInput, synapseConfig } from '../../../support/synapse-config.ts';

function select(
  service: Partial<ServiceInput>,
  found: readonly Instance[] | undefined,
  previous: readonly Instance[] = [],
): { source: string; ports: readonly number[] } {
  const { web } = synapseConfig({ web: { discovery: { method: 'base' }, ...service } }).services;
  if (web === undefined) throw new Error('no service');
  const { source, instances } = selectInstances(web, found, previous);
  return { source, ports: instances.map(({ port }) => port) };
}

function instance(port: number, more: Partial<Instance> = {}): Instance {
  return { host: '10.0.0.1', port, labels: {}, ...more };
}

const defaults = { default_servers: [{ host: '10.0.0.9', port: 9 }] };

describe('selectInstances', () => {
  it('takes what the registry reports', () => {
    expect(select(defaults, [instance(1)])).to.eql({ source: 'registry', ports: [1] });
  });

  it('adds the default servers where they are to be kept', () => {
    const service = { ...defaults, keep_default_servers: true };
    expect(select(service, [instance(1)])).to.eql({ source: 'registry', ports: [1, 9] });
  });

  it('uses the default servers for an empty list', () => {
    expect(select(defaults, [], [instance(1)])).to.eql({ source: 'default_servers', ports: [9] });
  });

  it('keeps what was there for an empty list without default servers', () => {
    expect(select({}, [], [instance(1)])).to.eql({ source: 'previous', ports: [1] });
  });

  it('believes an empty list where it is told to', () => {
    const service = { use_previous_backends: false };
    expect(select(service, [], [instance(1)])).to.eql({ source: 'none', ports: [] });
  });

  it('never takes silence for an empty list (law 2)', () => {
    const service = { ...defaults, use_previous_backends: false };
    expect(select(service, undefined, [instance(1)])).to.eql({ source: 'previous', ports: [1] });
    expect(select(service, undefined)).to.eql({ source: 'default_servers', ports: [9] });
  });

  it('overrides ports', () => {
    const service = { backend_port_override: 80 };
    expect(select(service, [instance(1)]).ports).to.deep.equal([80]);
    expect(select({ haproxy: { server_port_override: '81' } }, [instance(1)]).ports).to.eql([81]);
  });

  it('makes one of several registrations of the same host and port: the latest', () => {
    const found = [
      instance(1, { name: 'b', sequence: 7 }),
      instance(1, { name: 'a', sequence: 3 }),
    ];
    const { web } = synapseConfig({ web: { discovery: { method: 'base' } } }).services;
    if (web === undefined) return expect.fail();
    expect(selectInstances(web, found, []).instances).to.deep.equal([found[0]]);
  });

  it('filters by labels', () => {
    const found = [instance(1, { labels: { az: 'a' } }), instance(2, { labels: { az: 'b' } })];
    const by = (condition: 'equals' | 'not-equals') =>
      select(
        { discovery: { method: 'base', label_filters: [{ label: 'az', value: 'a', condition }] } },
        found,
      ).ports;
    expect(by('equals')).to.deep.equal([1]);
    expect(by('not-equals')).to.deep.equal([2]);
  });

  it('elects the lowest sequence number, and nobody where one is missing', () => {
    const service = { leader_election: true };
    const found = [instance(1, { sequence: 9 }), instance(2, { sequence: 4 })];
    expect(select(service, found).ports).to.deep.equal([2]);
    expect(select(service, [...found, instance(3)]).ports).to.deep.equal([]);
  });
});
