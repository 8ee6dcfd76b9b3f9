import { expect } from 'chai';
import { nothingRemembered, type Remembered } from '../../../../agent/synapse/known-service.ts';
import { ServiceBook } from '../../../../agent/synapse/service-book.ts';
import { createWatcher } from '../../../../agent/synapse/watchers/create-watcher.ts';
import { createEnsembles } from '../../../../agent/zookeeper/ensembles.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { MemoryZooKeeper } from '../../../support/memory-zookeeper.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';
import { type ServiceInput, synapseConfig } from '../../../support/synapse-config.ts';

const path = '/services/web';
const web: ServiceInput = { discovery: { method: 'zookeeper', path, hosts: 'zk:2181' } };

describe('ServiceBook', () => {
  let zookeeper: MemoryZooKeeper;
  let lastKnown: Map<string, Remembered>;
  let book: ServiceBook;

  beforeEach(() => {
    zookeeper = new MemoryZooKeeper();
    const clock = createFakeClock();
    const logger = createRecordingLogger();
    const nothing = (): void => undefined;
    const ensembles = createEnsembles({ create: () => zookeeper.session() });
    const environment = { ensembles, clock, random: () => 0.5, logger, onSettings: nothing };
    lastKnown = new Map();
    book = new ServiceBook({
      createWatcher: createWatcher(environment),
      ...{ clock, logger, lastKnown },
      onChange: nothing,
      onFault: (error) => {
        throw error;
      },
      metrics: { watcherStarted: nothing, watcherStopped: nothing, answered: nothing },
    });
  });

  afterEach(() => book.stop());

  function configure(services: Readonly<Record<string, ServiceInput>>): void {
    book.configure(synapseConfig(services).services);
  }

  describe('with what an earlier life knew', () => {
    const server = 'a_10.0.0.1:80';
    const decided = { reason: 'disk full', by: 'eve', sinceMs: 0 };
    const remembered: Remembered = {
      previous: [{ host: '10.0.0.1', port: 80, name: 'a', labels: {} }],
      held: [],
      hands: { pinned: new Map(), out: new Map([[server, { ...decided, mode: 'drain' }]]) },
    };

    beforeEach(() => lastKnown.set('web', remembered).set('shop', remembered));

    it('begins with it', () => {
      configure({ web });
      expect(book.remembered()).to.deep.equal(new Map([['web', remembered]]));
    });

    it('starts a service afresh that was away, or was not there at the start', () => {
      configure({ web });
      configure({});
      configure({ web, shop: web });
      expect([...book.remembered().values()]).to.deep.equal([nothingRemembered, nothingRemembered]);
      expect(book.instances()).to.deep.equal(new Map());
    });
  });
});
