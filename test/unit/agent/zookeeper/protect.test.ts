import { expect } from 'chai';
import { pathsBetween } from '../../../../agent/zookeeper/protect.ts';

describe('pathsBetween', () => {
  it('goes from the root down to the path', () => {
    expect(pathsBetween('/a/b', '/a/b/c/d')).to.deep.equal(['/a/b', '/a/b/c', '/a/b/c/d']);
    expect(pathsBetween('/a', '/a')).to.deep.equal(['/a']);
  });

  it('is empty for what is not below the root, and without a root', () => {
    expect(pathsBetween('/a/b', '/a')).to.deep.equal([]);
    expect(pathsBetween('/a/b', '/a/bc/d')).to.deep.equal([]);
    expect(pathsBetween('/a/b', '/c')).to.deep.equal([]);
    expect(pathsBetween(undefined, '/a')).to.deep.equal([]);
  });
});
