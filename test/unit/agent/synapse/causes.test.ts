import { expect } from 'chai';
import { causeOf } from '../../../../agent/synapse/causes.ts';
import type { DepartedInstance } from '../../../../agent/synapse/departures.ts';
import type { Hands } from '../../../../agent/synapse/hands/hands.ts';
import type { Step } from '../../../../agent/synapse/haproxy/plan.ts';
import type { Instance } from '../../../../agent/synapse/instance.ts';
import { fromMemory, selectionOf } from '../../../../agent/synapse/known-service.ts';
import type { ServiceEntry } from '../../../../agent/synapse/service-book.ts';
import { createBaseWatcher } from '../../../../agent/synapse/watchers/base.ts';
import { type ServiceInput, synapseConfig } from '../../../support/synapse-config.ts';

const instance: Instance = { host: '10.0.0.1', port: 1, labels: {} };
const decision = { reason: 'disk full', by: 'eve', sinceMs: 0 };

interface Facts {
  readonly found?: readonly Instance[];
  readonly hands?: Partial<Hands>;
  readonly departed?: readonly DepartedInstance[];
  readonly guarded?: boolean;
  readonly service?: Partial<ServiceInput>;
}

function entry({
  found = [],
  hands,
  departed = [],
  guarded = false,
  service,
}: Facts): ServiceEntry {
  const { web } = synapseConfig({ web: { discovery: { method: 'base' }, ...service } }).services;
  if (web === undefined) throw new Error('no service');
  const held = guarded ? [{ instance, sinceMs: 0, untilMs: 1 }] : [];
  const decided = { pinned: new Map(), out: new Map(), ...hands };
  const known = {
    ...fromMemory({ previous: [], held, hands: decided }),
    found: { instances: found, rejected: [], departed },
    departed,
  };
  const selection = selectionOf(web, known);
  return { config: web, watcher: createBaseWatcher(), ...known, known, selection };
}

function cause(kind: Step['kind'], facts: Facts): string | undefined {
  return causeOf({ kind, server: '10.0.0.1:1' }, entry(facts));
}

describe('causeOf', () => {
  it('says where a server that comes is known from', () => {
    expect(cause('add-server', { found: [instance] })).to.equal('found');
    const other = { ...instance, port: 2 };
    expect(cause('add-server', { found: [other], guarded: true })).to.equal('held by the guard');
    const pinned = new Map([['10.0.0.1:1', { ...decision, instance }]]);
    expect(cause('restore-server', { hands: { pinned } })).to.equal('pinned by eve: disk full');
  });

  it('says why one goes', () => {
    const out = new Map([['10.0.0.1:1', { ...decision, mode: 'maintenance' as const }]]);
    const taken = cause('retire-server', { found: [instance], hands: { out } });
    expect(taken).to.equal('taken out by eve: disk full');
    const departed: readonly DepartedInstance[] = [{ instance, reason: 'failing' }];
    expect(cause('retire-server', { departed })).to.equal('it said that it leaves: failing');
    expect(cause('delete-server', {})).to.equal('gone');
    expect(cause('retire-server', { found: [instance] })).to.match(/cannot be a server/);
  });

  it('says why a weight changes', () => {
    expect(cause('set-weight', { found: [instance] })).to.equal('its weight changed');
    const draining = [{ ...instance, draining: true }];
    expect(cause('set-weight', { found: draining })).to.match(/^it drains/);
    const service = { zone: { label: 'az', value: 'a' } };
    expect(cause('set-weight', { found: [instance], service })).to.match(/^the zone/);
  });

  it('says nothing of what it does not know', () => {
    expect(causeOf({ kind: 'add-server', server: 'x' }, undefined)).to.equal(undefined);
    expect(cause('set-weight', {})).to.equal(undefined);
  });
});
