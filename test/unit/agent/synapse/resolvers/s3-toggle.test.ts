import { expect } from 'chai';
import type { ToggleConfig } from '../../../../../agent/config/synapse-resolvers.ts';
import { createS3Toggle } from '../../../../../agent/synapse/resolvers/s3-toggle.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';

const config: ToggleConfig = {
  method: 's3_toggle',
  toggle_file_path: '/toggle.yaml',
  s3_polling_interval_seconds: 60,
};
const watchers = ['secondary', 'primary'];

describe('the resolver that a file toggles', () => {
  const stop = new AbortController();
  let clock: FakeClock;
  let logger: ReturnType<typeof createRecordingLogger>;
  let changes: number;
  let draw: (watcher: string) => void;
  let chosen: () => readonly string[];

  beforeEach(() => {
    clock = createFakeClock();
    logger = createRecordingLogger();
    changes = 0;
    const board = {
      follow: (_: ToggleConfig, onPick: typeof draw): Promise<void> => {
        draw = onPick;
        return new Promise(() => {});
      },
    };
    const resolver = createS3Toggle({ config, watchers, board, clock, logger });
    const nothing = { watching: true, found: undefined, settings: undefined };
    const children = watchers.map((name) => ({ name, ...nothing }));
    chosen = () => resolver.choose(children).map(({ name }) => name);
    const onChange = (): void => {
      changes += 1;
    };
    resolver.run(onChange, stop.signal).catch(() => undefined);
  });
  after(() => stop.abort());

  it('names nobody before the file is read: a restart is no switch', async () => {
    await clock.advance(1_900);
    expect(chosen()).to.deep.equal([]);
    draw('secondary');
    expect(chosen()).to.deep.equal(['secondary']);
    await clock.advance(1_000);
    expect(chosen()).to.deep.equal(['secondary']);
    expect(changes).to.equal(1);
  });

  it('waits for the file no longer than two seconds', async () => {
    await clock.advance(2_000);
    expect(chosen()).to.deep.equal(['primary']);
    expect(changes).to.equal(1);
    draw('secondary');
    expect(chosen()).to.deep.equal(['secondary']);
    expect(changes).to.equal(2);
  });

  it('takes `primary` where the file names a watcher that is not there, and the last after that', () => {
    draw('other');
    expect(chosen()).to.deep.equal(['primary']);
    draw('secondary');
    draw('other');
    expect(chosen()).to.deep.equal(['secondary']);
    expect(logger.events()).to.deep.equal(['toggle-names-no-watcher', 'toggle-names-no-watcher']);
    expect(changes).to.equal(2);
  });
});
