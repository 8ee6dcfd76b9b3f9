import { expect } from 'chai';
import { createWatchTable } from '../../../../agent/zookeeper/watch-table.ts';
import { settle } from '../../../support/fake-clock.ts';

describe('createWatchTable', () => {
  it('hands the client one function for a key until it fires', async () => {
    const table = createWatchTable();
    const heard: string[] = [];
    const first = table.add('children of /a', () => heard.push('first'));
    expect(table.add('children of /a', () => heard.push('second'))).to.equal(first);
    expect(table.add('data of /a', () => heard.push('data'))).to.not.equal(first);
    first();
    first();
    await settle();
    expect(heard).to.deep.equal(['first', 'second']);
    expect(table.add('children of /a', () => undefined)).to.not.equal(first);
  });

  it('calls the same listener once, however often it was added', async () => {
    const table = createWatchTable();
    let heard = 0;
    const listener = (): void => {
      heard += 1;
    };
    const fire = table.add('k', listener);
    table.add('k', listener);
    fire();
    await settle();
    expect(heard).to.equal(1);
  });
});
