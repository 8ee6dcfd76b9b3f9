import { expect } from 'chai';
import type { ActualServer } from '../../../../../agent/synapse/haproxy/answers.ts';
import {
  type Desired,
  type Memory,
  type Plan,
  planSteps,
} from '../../../../../agent/synapse/haproxy/plan.ts';
import { composeSections } from '../../../../../agent/synapse/haproxy/sections.ts';
import { indexServers } from '../../../../../agent/synapse/haproxy/server-index.ts';
import type { ServerLine } from '../../../../../agent/synapse/haproxy/server-line.ts';
import { synapseConfig } from '../../../../support/synapse-config.ts';

const backend = 'web';
const sections = composeSections(
  synapseConfig({
    web: {
      discovery: { method: 'base' },
      haproxy: { backend: ['default-server inter 5s', 'server own 10.0.0.9:1'] },
    },
  }),
  'host',
);

function line(name: string, words = ''): ServerLine {
  return { name, address: '10.0.0.1:80', words: words === '' ? [] : words.split(' ') };
}

function running(name: string, more: Partial<ActualServer> = {}): ActualServer {
  return {
    backend,
    backendId: 3,
    name,
    id: 1,
    address: '10.0.0.1',
    port: 80,
    admin: 'ready',
    up: true,
    weight: 1,
    check: 'none',
    initialWeight: 1,
    unfinished: false,
    ...more,
  };
}

function plan(
  wanted: readonly ServerLine[],
  actual: readonly ActualServer[],
  memory: Partial<Memory> = {},
  fingerprint = sections.fingerprint,
  backends: readonly string[] = [],
): Plan {
  const desired: Desired = { ...sections, servers: new Map([[backend, wanted]]) };
  return planSteps(
    desired,
    { fingerprint, backends: new Set(backends), index: indexServers(actual) },
    { ...nothingKnown, ...memory },
  );
}

const nothingKnown: Memory = {
  applied: new Map(),
  retiring: new Map(),
  unansweredWeights: new Set(),
  refused: new Set(),
};

function applied(...lines: readonly ServerLine[]): Pick<Memory, 'applied'> {
  return { applied: new Map([[backend, new Map(lines.map((one) => [one.name, one]))]]) };
}

describe('planSteps', () => {
  it('has nothing to do where all is as it should be', () => {
    expect(plan([line('a')], [running('a')])).to.deep.equal({ steps: [], reloadReasons: [] });
  });

  it('lets nobody who has little to do wait for who has much, nor anybody for deletions', () => {
    const of = (name: string): readonly ActualServer[] =>
      [running('a'), running('b', { admin: 'maint' })].map((one) => ({ ...one, backend: name }));
    const [settings] = sections.backends;
    if (settings === undefined) return expect.fail('no backend');
    const many = { ...settings, backend: 'many' };
    const servers = new Map([['many', [line('c'), line('d')]]]);
    const index = indexServers([...of('many'), ...of(backend)]);
    const actual = { fingerprint: sections.fingerprint, backends: new Set<string>(), index };
    const desired: Desired = { ...sections, backends: [many, settings], servers };
    const { steps } = planSteps(desired, actual, nothingKnown);
    expect(steps.map(({ kind, backend: of, server }) => `${kind} ${of}/${server}`)).to.deep.equal([
      'retire-server web/a',
      'add-server many/c',
      'add-server many/d',
      'retire-server many/a',
      'delete-server web/b',
      'delete-server many/b',
    ]);
  });

  it('adds what is missing before it retires what is too much', () => {
    expect(plan([line('a')], [running('b')]).steps).to.deep.equal([
      {
        kind: 'add-server',
        backend,
        server: 'a',
        line: line('a'),
        inheritedWords: ['inter', '5s'],
      },
      { kind: 'retire-server', backend, server: 'b', was: 'ready' },
    ]);
  });

  it('deletes once in maintenance', () => {
    expect(plan([], [running('b', { admin: 'maint' })]).steps).to.deep.equal([
      { kind: 'delete-server', backend, backendId: 3, server: 'b' },
    ]);
  });

  it('remembers what an operator had set before', () => {
    expect(plan([], [running('b', { admin: 'drain' })]).steps).to.deep.equal([
      { kind: 'retire-server', backend, server: 'b', was: 'drain' },
    ]);
  });

  it('restores a server whose instance is back in time', () => {
    const retiring = new Map([['web/a', 'drain' as const]]);
    const actual = [running('a', { admin: 'maint' })];
    expect(plan([line('a')], actual, { retiring }).steps).to.deep.equal([
      { kind: 'restore-server', backend, server: 'a', to: 'drain' },
    ]);
  });

  it('holds back what nobody vouches for until its check has passed, if it has one', () => {
    const retiring = new Map([['web/a', 'ready' as const]]);
    const actual = [running('a', { admin: 'maint' })];
    const checked = { ...line('a', 'check'), checkFirst: true as const };
    expect(plan([checked], actual, { retiring }).steps).to.deep.equal([
      { kind: 'restore-server', backend, server: 'a', to: 'ready', checkFirst: true },
    ]);
    const unchecked = { ...line('a'), checkFirst: true as const };
    expect(plan([unchecked], actual, { retiring }).steps).to.deep.equal([
      { kind: 'restore-server', backend, server: 'a', to: 'ready' },
    ]);
  });

  it("leaves an operator's drain, maintenance and weight alone", () => {
    const wanted = [line('a'), line('b'), line('c')];
    const actual = [
      running('a', { admin: 'drain' }),
      running('b', { admin: 'maint' }),
      running('c', { weight: 99 }),
    ];
    expect(plan(wanted, actual, applied(...wanted)).steps).to.deep.equal([]);
  });

  it('finishes an adding that was cut off', () => {
    const actual = [running('a', { admin: 'maint', unfinished: true })];
    expect(plan([line('a')], actual).steps).to.deep.equal([
      { kind: 'finish-adding', backend, server: 'a' },
    ]);
  });

  it('sets a weight that the registry changed, and back to 1', () => {
    const set = (before: string, after: string): unknown =>
      plan([line('a', after)], [running('a')], applied(line('a', before))).steps;
    const step = { kind: 'set-weight', backend, server: 'a' };
    expect(set('check', 'check weight 5')).to.deep.equal([{ ...step, weight: 5 }]);
    expect(set('check weight 5', 'check')).to.deep.equal([{ ...step, weight: 1 }]);
    expect(set('weight 5 check', 'check weight 5')).to.deep.equal([]);
  });

  it('sets a weight again to whose setting no answer came, were it the one before', () => {
    const wanted = line('a', 'weight 0');
    const unansweredWeights = new Set(['web/a']);
    const stepsAt = (weight: number): unknown =>
      plan([wanted], [running('a', { weight })], { ...applied(wanted), unansweredWeights }).steps;
    expect(stepsAt(0)).to.deep.equal([]);
    expect(stepsAt(1)).to.deep.equal([{ kind: 'set-weight', backend, server: 'a', weight: 0 }]);
  });

  it('moves a server whose host name has another address', () => {
    const actual = [running('a', { address: '10.0.0.2' })];
    expect(plan([line('a')], actual).steps).to.deep.equal([
      { kind: 'set-address', backend, server: 'a', line: line('a') },
    ]);
  });

  it('takes a reload for other options', () => {
    const { reloadReasons } = plan([line('a', 'maxconn 5')], [running('a')], applied(line('a')));
    expect(reloadReasons).to.deep.equal(['the options of web/a changed']);
  });

  it('takes a reload for what HAProxy refused at run time', () => {
    const refused = new Set(['add-server web/a', 'delete-server web/b']);
    expect(plan([line('a')], [running('b', { admin: 'maint' })], { refused })).to.deep.equal({
      steps: [],
      reloadReasons: ['HAProxy refused at run time: add-server web/a'],
    });
  });

  it('takes a reload for a removal that HAProxy refused: nobody else takes its traffic away', () => {
    const refused = new Set(['retire-server web/b']);
    expect(plan([line('a')], [running('a'), running('b')], { refused })).to.deep.equal({
      steps: [],
      reloadReasons: ['HAProxy refused at run time: retire-server web/b'],
    });
  });

  it('takes a reload for other text, and still serves the backends that run', () => {
    const { steps, reloadReasons } = plan([line('a')], [running('b')], {}, 'other', [backend]);
    expect(reloadReasons).to.deep.equal(['the text changed']);
    expect(steps.map(({ kind }) => kind)).to.deep.equal(['add-server', 'retire-server']);
    expect(plan([line('a')], [], {}, 'other').steps).to.deep.equal([]);
  });

  it("leaves servers of the user's own lines and other backends alone", () => {
    const actual = [running('own'), running('x', { backend: 'stats' })];
    expect(plan([], actual).steps).to.deep.equal([]);
  });
});
