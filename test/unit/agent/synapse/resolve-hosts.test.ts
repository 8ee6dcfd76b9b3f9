import { expect } from 'chai';
import { createHostResolver, type HostResolver } from '../../../../agent/synapse/resolve-hosts.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('createHostResolver', () => {
  let clock: FakeClock;
  let answers: Map<string, readonly string[]>;
  let asked: string[];
  let changes: number;
  let resolver: HostResolver;

  const create = (remembered: ReadonlyMap<string, string>): HostResolver =>
    createHostResolver({
      clock,
      logger: createRecordingLogger(),
      remembered,
      onChange: () => {
        changes += 1;
      },
      signal: new AbortController().signal,
      lookup: async (host) => {
        asked.push(host);
        const found = answers.get(host);
        if (found === undefined) throw new Error('not found');
        return found;
      },
    });

  beforeEach(() => {
    clock = createFakeClock();
    answers = new Map();
    asked = [];
    changes = 0;
    resolver = create(new Map());
  });

  it('takes addresses as they are', async () => {
    await resolver.prepare(['10.0.0.1', '::1']);
    expect([resolver.addressOf('10.0.0.1'), asked]).to.deep.equal(['10.0.0.1', []]);
  });

  it('waits for a new name, and renews it behind the scenes', async () => {
    answers.set('db', ['10.0.0.1', '10.0.0.2']);
    await resolver.prepare(['db']);
    expect(resolver.addressOf('db')).to.equal('10.0.0.1');
    answers.set('db', ['10.0.0.2', '10.0.0.1']);
    await clock.advance(30_000);
    await resolver.prepare(['db']);
    await clock.advance(0);
    // The address in use is still listed.
    expect(resolver.addressOf('db')).to.equal('10.0.0.1');
    answers.set('db', ['10.0.0.3']);
    await clock.advance(30_000);
    await resolver.prepare(['db']);
    await clock.advance(0);
    expect(resolver.addressOf('db')).to.equal('10.0.0.3');
    expect(changes).to.equal(2);
  });

  it('keeps the last address while the name service is out', async () => {
    answers.set('db', ['10.0.0.1']);
    await resolver.prepare(['db']);
    answers.clear();
    await clock.advance(60_000);
    await resolver.prepare(['db']);
    await clock.advance(0);
    expect(resolver.addressOf('db')).to.equal('10.0.0.1');
  });

  it('asks again for a name without an address, not too often', async () => {
    await resolver.prepare(['db']);
    await resolver.prepare(['db']);
    expect(asked).to.have.length(1);
    answers.set('db', ['10.0.0.1']);
    await clock.advance(5_000);
    await resolver.prepare(['db']);
    await clock.advance(0);
    expect(resolver.addressOf('db')).to.equal('10.0.0.1');
  });

  it('has what an earlier life knew at once, and asks for it all the same', async () => {
    resolver = create(new Map([['db', '10.0.0.1']]));
    expect([...resolver.addresses()]).to.deep.equal([['db', '10.0.0.1']]);
    await resolver.prepare(['db']);
    await clock.advance(0);
    expect([resolver.addressOf('db'), asked, changes]).to.deep.equal(['10.0.0.1', ['db'], 0]);
    answers.set('db', ['10.0.0.2']);
    await clock.advance(30_000);
    await resolver.prepare(['db']);
    await clock.advance(0);
    expect([resolver.addressOf('db'), changes]).to.deep.equal(['10.0.0.2', 1]);
  });

  it('forgets a name that nobody has wanted for a while', async () => {
    resolver = create(new Map([['db', '10.0.0.1']]));
    await clock.advance(300_001);
    await resolver.prepare(['other']);
    expect([...resolver.addresses()]).to.deep.equal([]);
  });
});
