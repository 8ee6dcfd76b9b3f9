import { expect } from 'chai';
import type { ServiceConfig } from '../../../../agent/config/synapse.ts';
import { emptyGuard, expiredPlaces, letGo } from '../../../../agent/synapse/guard/guard.ts';
import type { Instance } from '../../../../agent/synapse/instance.ts';
import {
  afterAnswer,
  beforeOtherSource,
  expectedOf,
  fromMemory,
  type KnownService,
  nothingRemembered,
  selectionOf,
} from '../../../../agent/synapse/known-service.ts';
import { type ServiceInput, synapseConfig } from '../../../support/synapse-config.ts';

function service(more: Partial<ServiceInput> = {}): ServiceConfig {
  const { web } = synapseConfig({ web: { discovery: { method: 'base' }, ...more } }).services;
  if (web === undefined) throw new Error('no service');
  return web;
}

function fleet(...ports: readonly number[]): readonly Instance[] {
  return ports.map((port) => ({ host: '10.0.0.1', port, name: `n${port}`, labels: {} }));
}

/** Answers a minute apart, so that the guard takes none of them together. */
function answers(
  config: ServiceConfig,
  start: KnownService,
  ...lists: readonly (readonly number[])[]
): KnownService {
  let known = start;
  for (const [index, ports] of lists.entries()) {
    const found = { instances: fleet(...ports), rejected: [], departed: [] };
    const atMs = index * 60_000;
    known = afterAnswer(known, config, found, { nowMs: atMs, wallMs: atMs });
  }
  return known;
}

function ports(config: ServiceConfig, known: KnownService): readonly number[] {
  return selectionOf(config, known).instances.map(({ port }) => port);
}

const nothing = fromMemory(nothingRemembered);

describe('what is known of a service', () => {
  it('keeps a fleet that vanished and comes back in parts', () => {
    const config = service();
    const gone = answers(config, nothing, [1, 2, 3, 4], []);
    expect(ports(config, gone)).to.deep.equal([1, 2, 3, 4]);
    // However long after: what is missing of what serves is a loss.
    const places = expiredPlaces(gone.guard, Number.POSITIVE_INFINITY);
    const later = { ...gone, guard: letGo(gone.guard, places) };
    expect(later.guard.held).to.deep.equal([]);
    const found = { instances: fleet(2), rejected: [], departed: [] };
    const anHour = { nowMs: 3_600_000, wallMs: 3_600_000 };
    const partly = afterAnswer(later, config, found, anHour);
    expect(ports(config, partly)).to.deep.equal([1, 2, 3, 4]);
  });

  it('takes what an earlier life knew for what was there before the first answer', () => {
    const config = service();
    const start = fromMemory({ ...nothingRemembered, previous: fleet(1, 2, 3) });
    expect(ports(config, answers(config, start, [1]))).to.deep.equal([1, 2, 3]);
    expect(ports(config, answers(config, start, [1, 2]))).to.deep.equal([1, 2]);
  });

  it('believes an empty list where it is told to, and default servers stand in for it', () => {
    const believing = service({ use_previous_backends: false });
    expect(ports(believing, answers(believing, nothing, [1, 2], []))).to.deep.equal([]);
    const withDefaults = service({ default_servers: [{ host: '10.0.0.9', port: 9 }] });
    expect(ports(withDefaults, answers(withDefaults, nothing, [1, 2], []))).to.deep.equal([9]);
  });

  const believing: Readonly<Record<string, Partial<ServiceInput>>> = {
    'a list that it is told to believe': { use_previous_backends: false },
    'default servers': { default_servers: [{ host: '10.0.0.9', port: 9 }] },
  };
  for (const [title, more] of Object.entries(believing)) {
    it(`holds nobody who made way for ${title}, then or later`, () => {
      const config = service(more);
      const gone = answers(config, nothing, [1, 2, 3, 4], []);
      expect(gone.guard).to.deep.equal(emptyGuard);
      expect(gone.previous).to.deep.equal([]);
      const found = { instances: fleet(2), rejected: [], departed: [] };
      const soon = { nowMs: 60_001, wallMs: 60_001 };
      expect(ports(config, afterAnswer(gone, config, found, soon))).to.deep.equal([2]);
      const held = answers(config, nothing, [1, 2, 3, 4], [1], []);
      expect(held.guard).to.deep.equal(emptyGuard);
    });
  }

  it('misses nobody of another source, and ends holds of the one before', () => {
    const config = service();
    const held = answers(config, nothing, [1, 2, 3, 4], [1]);
    expect(held.guard.held).to.have.length(3);
    const found = { instances: fleet(7), rejected: [], departed: [] };
    const now = { nowMs: 60_001, wallMs: 60_001 };
    const switched = afterAnswer(held, config, { ...found, switched: true as const }, now);
    expect(ports(config, switched)).to.deep.equal([7]);
    const edited = afterAnswer(beforeOtherSource(held), config, found, now);
    expect(ports(config, edited)).to.deep.equal([7]);
    // What it has is missed from then on.
    const more = answers(config, switched, [7, 8, 9], [7]);
    expect(ports(config, more)).to.deep.equal([7, 8, 9]);
  });

  it('keeps what was there until another source has an instance', () => {
    const config = service();
    const known = beforeOtherSource(answers(config, nothing, [1, 2]));
    expect(ports(config, known)).to.deep.equal([1, 2]);
    const empty = answers(config, known, []);
    expect(ports(config, empty)).to.deep.equal([1, 2]);
    expect(ports(config, answers(config, empty, [3]))).to.deep.equal([3]);
  });

  it('asks after those that the guard holds, too', () => {
    const config = service();
    const known = answers(config, nothing, [1, 2, 3], [1]);
    expect(expectedOf(known).map(({ port }) => port)).to.deep.equal([1, 2, 3]);
  });

  it('compares the instances of this service alone, whatever else the path holds', () => {
    const filter = { label: 'az', value: 'a', condition: 'equals' as const };
    const config = service({ discovery: { method: 'base', label_filters: [filter] } });
    const inZone = (az: string, list: readonly Instance[]): readonly Instance[] =>
      list.map((one) => ({ ...one, labels: { az } }));
    const others = inZone('b', fleet(11, 12, 13, 14, 15, 16, 17));
    const take = (known: KnownService, instances: readonly Instance[]): KnownService => {
      const found = { instances, rejected: [], departed: [] };
      return afterAnswer(known, config, found, { nowMs: 0, wallMs: 0 });
    };
    const before = take(nothing, [...inZone('a', fleet(1, 2, 3)), ...others]);
    const after = take(before, [...inZone('a', fleet(1)), ...others]);
    expect(ports(config, after)).to.deep.equal([1, 2, 3]);
  });

  it('holds nobody where the guard is off', () => {
    const config = service({ guard: null });
    expect(ports(config, answers(config, nothing, [1, 2, 3], [1]))).to.deep.equal([1]);
  });
});
