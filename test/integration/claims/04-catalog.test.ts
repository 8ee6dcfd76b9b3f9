import { expect } from 'chai';
import { catalogFile, greeterOn, removeCatalogFiles } from '../support/catalog-file.ts';
import { Hosts } from '../support/hosts.ts';
import { losesNothing } from '../support/lossless.ts';
import { eventually } from '../support/poll.ts';
import { haproxyWorker } from '../support/probes.ts';
import {
  measured,
  nothingChanges,
  openSession,
  type Session,
  stack,
  succeeds,
} from '../support/session.ts';
import { npmRun } from '../support/stack.ts';

const greeter = greeterOn('service_b_node_1', "consumers: ['service_a_node_1'],");

const tenMistakes = [
  'services.two.port',
  'services.two.on',
  'services.nerve',
  'services.Bad Name',
  'services.one.on[0]',
  'services.nerve.on[0]',
  'services.Bad Name.on[1]',
  'services.one.port',
  'services.Bad Name.localPort',
  'services.one.localPort',
];

describe('editing the catalog', () => {
  let session: Session;

  before(async () => {
    session = await openSession();
  });
  after(async () => {
    session.hosts.close();
    await removeCatalogFiles();
  });

  it('adds a service on the hosts concerned alone, and disturbs no request', async () => {
    const catalog = await catalogFile('greeter', greeter);
    const preview = await succeeds('preview', [], { catalog });
    expect(preview.output).to.include('etc/smartstack/nerve.d/greeter.json');
    expect(preview.output).to.not.match(/(^|::)(zookeeper1|service_a_node_2)(\/|$)/m);
    const bystander = await haproxyWorker(session.hosts, 'service_a_node_2');
    await losesNothing(session, 'service_a', async () => {
      const run = await succeeds('up', [], { catalog });
      measured('up that adds a service', `${run.seconds.toFixed(1)} s`);
      await eventually(15_000, async () => {
        const page = await session.hosts.get('service_a_node_1', 'http://127.0.0.1:3335/ping');
        expect(page).to.equal('pong from service_b_node_1');
      });
    });
    expect(await haproxyWorker(session.hosts, 'service_a_node_2')).to.equal(bystander);
  });

  it('takes a service away with everything of it', async () => {
    const run = await succeeds('up');
    measured('up that removes a service', `${run.seconds.toFixed(1)} s`);
    const left = await session.hosts.run(
      'service_b_node_1',
      'ls -d /etc/smartstack/nerve.d/greeter.json /etc/systemd/system/greeter.service' +
        ' /srv/smartstack/greeter 2>/dev/null || true; systemctl is-active greeter || true',
    );
    expect(left).to.equal('inactive');
    await eventually(15_000, async () => {
      const answered = await session.hosts
        .get('service_a_node_1', 'http://127.0.0.1:3335/ping')
        .then(
          () => true,
          () => false,
        );
      expect(answered).to.equal(false);
    });
  });

  it('reports all mistakes at once and changes nothing', async () => {
    const catalog = await catalogFile(
      'mistakes',
      `one: { port: 3210, localPort: 3333, on: ['nowhere'] },
       two: { port: 99999, localPort: 3336, on: [] },
       nerve: { port: 8003, localPort: 3337, on: ['zookeeper1'] },
       'Bad Name': { port: 8005, localPort: 2181, on: ['service_a_node_2', 'service_a_node_2'] },`,
    );
    const run = await npmRun(stack, 'up', [], { catalog });
    expect(run.status).to.equal(1);
    const mistakes = run.output
      .split('\n')
      .flatMap((line) => / (services\.\S.*?): /.exec(line)?.[1] ?? []);
    expect(mistakes).to.deep.equal(tenMistakes);
    expect((await succeeds('preview')).output).to.match(nothingChanges);
  });

  it('names a host that does not answer, converges the others, and finishes later', async () => {
    const catalog = await catalogFile('greeter', greeter);
    // The host's own clock heals it, whatever becomes of this test.
    await session.hosts.run(
      'service_b_node_1',
      'systemd-run -q --on-active=90 systemctl start ssh; systemctl stop ssh',
    );
    const run = await npmRun(stack, 'up', [], { catalog });
    expect(run.status).to.equal(1);
    expect(run.output).to.include('service_b_node_1/').and.to.include('connection refused');
    const consumer = await session.hosts.run(
      'service_a_node_1',
      'cat /etc/smartstack/synapse.conf.json',
    );
    expect(consumer).to.include('greeter');
    await eventually(120_000, () => freshLogin(session, 'service_b_node_1'));
    await succeeds('up', [], { catalog });
    await eventually(15_000, () =>
      session.hosts.get('service_a_node_1', 'http://127.0.0.1:3335/ping'),
    );
    await succeeds('up');
  });

  it('ends right when interrupted at any moment and run again', async () => {
    const catalog = await catalogFile('greeter', greeter);
    for (const afterMs of [1_500, 3_000, 5_000]) {
      await npmRun(stack, 'up', [], { catalog, interrupt: AbortSignal.timeout(afterMs) });
    }
    await succeeds('up', [], { catalog });
    await eventually(15_000, () =>
      session.hosts.get('service_a_node_1', 'http://127.0.0.1:3335/ping'),
    );
    await npmRun(stack, 'up', [], { interrupt: AbortSignal.timeout(3_000) });
    await succeeds('up');
    const units = await session.hosts.run('service_b_node_1', 'ls /etc/systemd/system');
    expect(units).to.not.include('greeter');
  });
});

/** Logs in anew: a connection that was open before says nothing about the host's sshd. */
async function freshLogin({ outputs }: Session, host: string): Promise<void> {
  const hosts = new Hosts(outputs);
  try {
    await hosts.run(host, 'true');
  } finally {
    hosts.close();
  }
}
