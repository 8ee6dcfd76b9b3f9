import { expect } from 'chai';
import { noHands } from '../../../../agent/synapse/hands/hands.ts';
import type { Instance } from '../../../../agent/synapse/instance.ts';
import { type Beside, selectInstances } from '../../../../agent/synapse/select.ts';
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

  it('takes a default server with all that is said of it', () => {
    const labels = { az: 'a' };
    const server = { name: 'spare', host: '10.0.0.9', port: 9, id: 3, weight: 7, labels };
    const services = { web: { discovery: { method: 'base' as const }, default_servers: [server] } };
    const { web } = synapseConfig(services).services;
    expect(web && selectInstances(web, [], []).instances).to.deep.equal([
      { name: 'spare', host: '10.0.0.9', port: 9, sequence: 3, weight: 7, labels },
    ]);
  });

  it('gives a default server the id that it asks for, by its options first', () => {
    const server = { host: '10.0.0.9', port: 9, haproxy_server_id: 7 };
    const optionsOf = (more: object): string | undefined => {
      const service = { discovery: { method: 'base' as const }, default_servers: [] };
      const input = { ...service, default_servers: [{ ...server, ...more }] };
      const { web } = synapseConfig({ web: input }).services;
      return web && selectInstances(web, [], []).instances[0]?.serverOptions;
    };
    expect(optionsOf({})).to.equal('id 7');
    expect(optionsOf({ haproxy_server_options: 'backup' })).to.equal('id 7 backup');
    expect(optionsOf({ haproxy_server_options: 'id 8' })).to.equal('id 8');
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

  it('wants all of several filters to hold, and the single one of older files as well', () => {
    const labelled = (port: number, az: string, tier: string): Instance =>
      instance(port, { labels: { az, tier } });
    const found = [labelled(1, 'a', 'x'), labelled(2, 'a', 'y'), labelled(3, 'b', 'x')];
    const inZone = { label: 'az', value: 'a', condition: 'equals' as const };
    const notInTier = { label: 'tier', value: 'y', condition: 'not-equals' as const };
    type Base = Extract<ServiceInput['discovery'], { readonly method: 'base' }>;
    const by = (filters: Omit<Base, 'method'>) =>
      select({ discovery: { method: 'base', ...filters } }, found).ports;
    expect(by({ label_filters: [inZone, notInTier] })).to.deep.equal([1]);
    expect(by({ label_filter: inZone })).to.deep.equal([1, 2]);
    expect(by({ label_filters: [inZone], label_filter: notInTier })).to.deep.equal([1]);
  });

  it('elects the lowest sequence number, and nobody where one is missing', () => {
    const service = { leader_election: true };
    const found = [instance(1, { sequence: 9 }), instance(2, { sequence: 4 })];
    expect(select(service, found).ports).to.deep.equal([2]);
    expect(select(service, [...found, instance(3)]).ports).to.deep.equal([]);
  });

  describe('with what is known beside the registry', () => {
    const decision = { reason: 'r', by: 'b', sinceMs: 0 };
    const heldOne = { instance: instance(2), sinceMs: 0, untilMs: 9 };

    function members(
      service: Partial<ServiceInput>,
      found: readonly Instance[] | undefined,
      previous: readonly Instance[],
      beside: Partial<Beside>,
    ) {
      const { web } = synapseConfig({
        web: { discovery: { method: 'base' }, ...service },
      }).services;
      if (web === undefined) throw new Error('no service');
      const whole = { held: [], hands: noHands, isFromFile: false, ...beside };
      const selection = selectInstances(web, found, previous, whole);
      return {
        origins: selection.members.map(({ origin, instance: { port } }) => `${port} ${origin}`),
        serving: selection.instances,
      };
    }

    it('adds whom the guard holds, who must pass a check of HAProxy if it has lost him', () => {
      const { origins, serving } = members({}, [instance(1)], [instance(1)], { held: [heldOne] });
      expect(origins).to.deep.equal(['1 registry', '2 guard']);
      expect(serving.map(({ unvouched }) => unvouched)).to.deep.equal([undefined, true]);
    });

    it('leaves an empty list to default_servers and use_previous_backends (law 2)', () => {
      const held = [heldOne];
      expect(members(defaults, [], [instance(2)], { held }).origins).to.eql(['9 default']);
      const believing = { use_previous_backends: false };
      expect(members(believing, [], [instance(2)], { held }).origins).to.eql([]);
      expect(members({}, [], [instance(1)], { held }).origins).to.eql(['1 previous', '2 guard']);
      expect(members({}, [], [instance(2)], { held }).origins).to.eql(['2 guard']);
    });

    it('says what it has from the state file alone', () => {
      const beside = { held: [heldOne], isFromFile: true };
      expect(members({}, undefined, [instance(1)], beside).origins).to.eql(['1 file', '2 guard']);
    });

    it('gives those that are held the port of the service, as all', () => {
      const service = { backend_port_override: 80 };
      const { origins } = members(service, [{ ...instance(1), host: 'x' }], [], {
        held: [heldOne],
      });
      expect(origins).to.deep.equal(['80 guard', '80 registry']);
    });

    it('keeps what is pinned, whatever the registry says', () => {
      const pinned = new Map([['10.0.0.1:5', { ...decision, instance: instance(5) }]]);
      const beside = { hands: { ...noHands, pinned } };
      expect(members({}, [instance(1)], [], beside).origins).to.eql(['1 registry', '5 pinned']);
      expect(members({}, [instance(5)], [], beside).origins).to.eql(['5 registry']);
      expect(members({ ...defaults }, [], [], beside).origins).to.eql(['5 pinned', '9 default']);
    });

    it('drains or leaves out what is taken out, pinned or not', () => {
      const out = (mode: 'drain' | 'maintenance') => ({
        hands: {
          pinned: new Map([['10.0.0.1:1', { ...decision, instance: instance(1) }]]),
          out: new Map([['10.0.0.1:1', { ...decision, mode }]]),
        },
      });
      const found = [instance(1), instance(2)];
      expect(members({}, found, [], out('drain')).serving[0]).to.include({ draining: true });
      expect(members({}, found, [], out('maintenance')).serving).to.deep.equal([instance(2)]);
      expect(members({}, found, [], out('maintenance')).origins).to.have.length(2);
    });
  });
});
