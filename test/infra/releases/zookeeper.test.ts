import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { compareWithLock, parseJarLock } from '../../../infra/releases/zookeeper.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('zookeeperRelease', () => {
  it('pins every jar that ZooKeeper 3.9.4 needs, and no other', async () => {
    const lock = parseJarLock(await readFile('infra/releases/zookeeper/jars.sha256', 'utf8'));
    expect(lock.size).to.equal(39);
    expect([...lock.keys()]).to.include.members([
      'zookeeper-3.9.4.jar',
      'zookeeper-jute-3.9.4.jar',
      'zookeeper-prometheus-metrics-3.9.4.jar',
      'logback-classic-1.3.15.jar',
      'snappy-java-1.1.10.5.jar',
    ]);
  });

  it('refuses a lock file that it cannot read', () => {
    expect(() => parseJarLock('abc  x.jar\n')).to.throw('jars.sha256: "abc  x.jar"');
  });

  it('accepts exactly the locked jars', () => {
    const lock = new Map([['a.jar', digest('a')]]);
    expect(compareWithLock(lock, new Map([['a.jar', Buffer.from('a')]]))).to.deep.equal([]);
  });

  it('names each jar that is missing, unexpected or another', () => {
    const lock = new Map([
      ['a.jar', digest('a')],
      ['b.jar', digest('b')],
    ]);
    const jars = new Map([
      ['b.jar', Buffer.from('evil')],
      ['c.jar', Buffer.from('c')],
    ]);
    expect(compareWithLock(lock, jars)).to.deep.equal([
      'c.jar is not in jars.sha256',
      'a.jar was not resolved',
      'b.jar is not the pinned file',
    ]);
  });
});
