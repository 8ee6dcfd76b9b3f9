import { expect } from 'chai';
import { type Address, createHostAddress } from '../../../../agent/lib/host-address.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('createHostAddress', () => {
  const setUp = () => {
    const clock = createFakeClock();
    const logger = createRecordingLogger();
    const asked: { answer(address: string): void; refuse(): void }[] = [];
    const address = createHostAddress({
      host: 'metrics.test',
      clock,
      logger,
      resolve: () =>
        new Promise<Address>((resolve, reject) => {
          asked.push({
            answer: (text) => resolve({ address: text, family: 4 }),
            refuse: () => reject(new Error('no such name')),
          });
        }),
    });
    return { clock, logger, asked, address };
  };

  it('waits for the first answer, however many ask', async () => {
    const { asked, address } = setUp();
    const both = Promise.all([address.current(), address.current()]);
    asked[0]?.answer('10.0.0.1');
    expect(await both).to.deep.equal(Array(2).fill({ address: '10.0.0.1', family: 4 }));
    expect(asked).to.have.length(1);
  });

  it('looks it up again after a minute, and meanwhile keeps what it knows', async () => {
    const { clock, asked, address } = setUp();
    const first = address.current();
    asked[0]?.answer('10.0.0.1');
    await first;
    await clock.advance(59_999);
    await address.current();
    expect(asked).to.have.length(1);
    await clock.advance(1);
    expect(await address.current()).to.deep.include({ address: '10.0.0.1' });
    expect(asked).to.have.length(2);
    asked[1]?.answer('10.0.0.2');
    await clock.advance(0);
    expect(await address.current()).to.deep.include({ address: '10.0.0.2' });
  });

  it('says once that there is none, asks no more often, and says when there is one', async () => {
    const { clock, logger, asked, address } = setUp();
    for (const turn of [0, 1]) {
      const found = address.current();
      asked[turn]?.refuse();
      expect(await found).to.equal(undefined);
      expect(await address.current()).to.equal(undefined);
      expect(asked).to.have.length(turn + 1);
      await clock.advance(60_000);
    }
    expect(logger.events()).to.deep.equal(['host-unresolved']);
    const found = address.current();
    asked[2]?.answer('10.0.0.1');
    expect(await found).to.deep.include({ address: '10.0.0.1' });
    expect(logger.events()).to.deep.equal(['host-unresolved', 'host-resolved']);
  });

  it('keeps what it knew when the resolver fails', async () => {
    const { clock, asked, address } = setUp();
    const first = address.current();
    asked[0]?.answer('10.0.0.1');
    await first;
    await clock.advance(60_000);
    await address.current();
    asked[1]?.refuse();
    await clock.advance(0);
    expect(await address.current()).to.deep.include({ address: '10.0.0.1' });
  });
});
