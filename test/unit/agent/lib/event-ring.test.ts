import { expect } from 'chai';
import { createEventRing } from '../../../../agent/lib/event-ring.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('createEventRing', () => {
  const setUp = (size = 500) => {
    const clock = createFakeClock();
    const recorded = createRecordingLogger();
    const ring = createEventRing({ size, clock });
    return { clock, recorded, ring, logger: ring.tee(recorded) };
  };

  it('remembers lines as the log has them, and logs them', async () => {
    const { clock, recorded, ring, logger } = setUp();
    logger.info('up', { service: 'web' });
    await clock.advance(1_500);
    logger.warn('slow', { ms: 7, nested: { list: [1] } });
    expect(ring.recent()).to.deep.equal([
      { time: '2024-01-01T00:00:00.000Z', level: 'info', event: 'up', service: 'web' },
      {
        time: '2024-01-01T00:00:01.500Z',
        level: 'warn',
        event: 'slow',
        ms: 7,
        nested: { list: [1] },
      },
    ]);
    expect(recorded.lines).to.deep.equal([
      { level: 'info', event: 'up', service: 'web' },
      { level: 'warn', event: 'slow', ms: 7, nested: { list: [1] } },
    ]);
  });

  it('leaves the chatter to the log', () => {
    const { recorded, ring, logger } = setUp();
    logger.debug('tick');
    logger.error('fault');
    expect(ring.recent().map(({ event }) => event)).to.deep.equal(['fault']);
    expect(recorded.events()).to.deep.equal(['tick', 'fault']);
  });

  it("knows its children's fields, but not those of the logger that it was given", () => {
    const { ring, recorded } = setUp();
    const logger = ring.tee(recorded.child({ host: 'a' })).child({ service: 'web', check: 'x' });
    logger.child({ check: 'http' }).info('down', { service: 'api' });
    expect(ring.recent()).to.have.length(1);
    expect(ring.recent()[0]).to.deep.include({ service: 'api', check: 'http' });
    expect(ring.recent()[0]).not.to.have.property('host');
    expect(recorded.lines[0]).to.deep.include({ service: 'api', check: 'http', host: 'a' });
  });

  it('shows errors, and what fields were at the time', () => {
    const { ring, logger } = setUp();
    const fields = { list: ['a'], error: new TypeError('bad', { cause: 'worse' }) };
    logger.error('fault', fields);
    fields.list.push('b');
    expect(ring.recent()[0]).to.deep.include({
      list: ['a'],
      error: { name: 'TypeError', message: 'bad', cause: 'worse' },
    });
  });

  it('is bounded, in number and in what each holds', () => {
    const { ring, logger } = setUp(3);
    for (const event of ['a', 'b', 'c', 'd']) logger.info(event);
    logger.info('long', { service: 'web', text: 'x'.repeat(5_000) });
    expect(ring.recent()).to.deep.equal([
      { time: '2024-01-01T00:00:00.000Z', level: 'info', event: 'c' },
      { time: '2024-01-01T00:00:00.000Z', level: 'info', event: 'd' },
      {
        time: '2024-01-01T00:00:00.000Z',
        level: 'info',
        event: 'long',
        left_out: ['service', 'text'],
      },
    ]);
  });

  it('gives the newest that match', () => {
    const { ring, logger } = setUp();
    for (const port of [1, 2, 3]) {
      logger.info('up', { service: 'web', port });
      logger.warn('down', { service: 'api', port });
    }
    const found = (options: Parameters<typeof ring.recent>[0]) =>
      ring.recent(options).map(({ event, port }) => `${event} ${port}`);
    expect(found({ limit: 2 })).to.deep.equal(['up 3', 'down 3']);
    expect(found({ limit: 0 })).to.deep.equal([]);
    expect(found({ matching: { service: 'web' } })).to.deep.equal(['up 1', 'up 2', 'up 3']);
    expect(found({ matching: { level: 'warn', port: '2' } })).to.deep.equal(['down 2']);
    expect(found({ matching: { service: 'web' }, limit: 1 })).to.deep.equal(['up 3']);
    expect(found({ matching: { constructor: 'Object' } })).to.deep.equal([]);
  });
});
