import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { nothingRemembered, type Remembered } from '../../../../agent/synapse/known-service.ts';
import { ServiceBook } from '../../../../agent/synapse/service-book.ts';
import { createWatcher } from '../../../../agent/synapse/watchers/create-watcher.ts';
import { createEnsembles } from '../../../../agent/zookeeper/ensembles.ts';
import { eventually } from '../../../support/eventually.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { MemoryZooKeeper } from '../../../support/memory-zookeeper.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';
import { type ServiceInput, synapseConfig } from '../../../support/synapse-config.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

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

  it('gives instances without a port another one as the configuration does', () =>
    withTemporaryFolder(async (folder) => {
      const file = join(folder, 'instances.json');
      await writeFile(file, JSON.stringify([{ host: '10.0.0.1' }]));
      const service: ServiceInput = { discovery: { method: 'file', path: file } };
      const ports = () =>
        book
          .instances()
          .get('web')
          ?.map(({ port }) => port);
      configure({ web: service });
      await eventually(() => expect(book.entry('web')?.found?.rejected).to.have.length(1));
      configure({ web: { ...service, backend_port_override: 80 } });
      await eventually(() => expect(ports()).to.deep.equal([80]));
      const [before, watcher] = [book.entry('web')?.found, book.entry('web')?.watcher];
      configure({ web: { ...service, haproxy: { server_port_override: 80 } } });
      expect(book.entry('web')).to.include({ found: before, watcher });
    }));

  it('looks at the same path no other way for another port', () => {
    configure({ web });
    const watcher = book.entry('web')?.watcher;
    configure({ web: { ...web, backend_port_override: 80 } });
    expect(book.entry('web')?.watcher).to.equal(watcher);
  });

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
