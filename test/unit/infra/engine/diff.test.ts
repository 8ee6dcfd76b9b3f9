import { expect } from 'chai';
import { diffInputs, withIgnored } from '../../../../infra/engine/diff.ts';
import type { Goal } from '../../../../infra/engine/goal.ts';
import { secret, unknownValue, type ValueMap } from '../../../../infra/engine/values.ts';
import { goal } from './samples.ts';

const change = (before: ValueMap, inputs: ValueMap, options: Partial<Goal['options']> = {}) =>
  diffInputs(before, goal({ inputs, options: { ...goal().options, ...options } }));

describe('diffInputs', () => {
  it('finds nothing in equal inputs, whatever the order of their keys', () => {
    const before = { a: { x: 1, y: [1, 2] }, b: 'b' };
    expect(change(before, { b: 'b', a: { y: [1, 2], x: 1 } })).to.deep.equal({ kind: 'none' });
  });

  it('updates for any changed, added or removed input', () => {
    const keys = ['added', 'changed', 'removed'];
    const found = change({ changed: 1, removed: 1, same: 1 }, { changed: 2, added: 1, same: 1 });
    expect(found).to.deep.equal({ kind: 'update', keys });
  });

  it('replaces for changed triggers', () => {
    expect(change({ triggers: ['a'] }, { triggers: ['b'] }).kind).to.equal('replace');
  });

  it('replaces for what replaceOnChanges names, deeply, and for nothing else', () => {
    const options = { replaceOnChanges: ['connection.host', 'list[*]'] };
    const before = { connection: secret({ host: 'a', port: 1 }), list: [1] };
    const { connection, list } = before;
    const moved = secret({ host: 'b', port: 1 });
    const otherPort = secret({ host: 'a', port: 2 });
    expect(change(before, { connection: moved, list }, options).kind).to.equal('replace');
    expect(change(before, { connection: otherPort, list }, options).kind).to.equal('update');
    expect(change(before, { connection, list: [2] }, options).kind).to.equal('replace');
  });

  it('takes an unknown for a change', () => {
    expect(change({ stdin: 'known' }, { stdin: unknownValue }).kind).to.equal('update');
  });

  it('does not care whether a value is secret', () => {
    expect(change({ stdin: 'x' }, { stdin: secret('x') })).to.deep.equal({ kind: 'none' });
  });

  it('compares assets by content', () => {
    const before = { source: { path: '/a', hash: 'h' } };
    expect(change(before, { source: { path: '/b', hash: 'h' } }).kind).to.equal('none');
    expect(change(before, { source: { path: '/a', hash: 'i' } }).kind).to.equal('update');
  });
});

describe('withIgnored', () => {
  const ignoring = (inputs: ValueMap, ...ignoreChanges: string[]): Goal =>
    goal({ inputs, options: { ...goal().options, ignoreChanges } });

  it('keeps ignored inputs as they were, absent ones too', () => {
    const wanted = ignoring({ a: 2, added: 2, c: { d: 2, e: 2 } }, 'a', 'added', 'c.d');
    expect(withIgnored({ a: 1, c: { d: 1, e: 1 } }, wanted)).to.deep.equal({
      a: 1,
      c: { d: 1, e: 2 },
    });
  });
});
