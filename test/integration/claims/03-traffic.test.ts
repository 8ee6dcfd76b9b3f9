import { expect } from 'chai';
import { losesNothing } from '../support/lossless.ts';
import { eventually } from '../support/poll.ts';
import { haproxyWorker, mainPid } from '../support/probes.ts';
import { expectInstancesUp } from '../support/proxies.ts';
import { measured, openSession, type Session } from '../support/session.ts';

const serviceA = 'http://127.0.0.1:3333';

describe('requests', () => {
  let session: Session;
  let consumers: readonly string[];
  let instances: readonly string[];

  before(async () => {
    session = await openSession();
    consumers = session.hosts.with('service');
    instances = session.outputs.services.service_a?.on ?? [];
  });
  after(() => session.hosts.close());

  const everywhereUp = (names: readonly string[]): Promise<void> =>
    expectInstancesUp(session, 'service_a', names);

  it('to service_a are answered by both instances in turn, from every host', async () => {
    await eventually(15_000, () => everywhereUp(instances));
    for (const consumer of consumers) {
      const answers = [];
      for (let i = 0; i < 4; i += 1) {
        answers.push(await session.hosts.get(consumer, `${serviceA}/ping`));
      }
      const pongs = instances.map((name) => `pong from ${name}`);
      expect([...new Set(answers)]).to.have.members(pongs);
      expect(answers[0]).to.equal(answers[2]);
      expect(answers[1]).to.equal(answers[3]);
    }
  });

  it('reach service_a through service_b', async () => {
    const [consumer = ''] = consumers;
    const page = await session.hosts.get(consumer, 'http://127.0.0.1:3334/');
    expect(page).to.match(
      /^service_b on \w+ asked service_a, which said: pong from service_a_node/,
    );
  });

  it('are logged to the journal, and counted on the statistics page', async () => {
    const [consumer = ''] = consumers;
    const marker = `/ping?${Date.now()}`;
    await session.hosts.get(consumer, `http://127.0.0.1:3334${marker}`).catch(() => {});
    await eventually(5_000, async () => {
      const journal = await session.hosts.run(consumer, 'journalctl -n 200 -o cat -t haproxy');
      expect(journal).to.include(`GET ${marker} HTTP/1.1`).and.to.include('service_b/');
    });
    expect(await session.hosts.get(consumer, 'http://127.0.0.1:3212/')).to.include('service_a');
  });

  it('lose nothing when an instance is stopped and started, with no reload', async () => {
    const [stopped = '', stays = ''] = instances;
    const workers = await Promise.all(
      consumers.map((consumer) => haproxyWorker(session.hosts, consumer)),
    );
    await losesNothing(session, 'service_a', async () => {
      await session.hosts.run(stopped, 'systemctl stop service_a');
      const out = await eventually(10_000, () => everywhereUp([stays]));
      measured('systemctl stop to out of every proxy', `${Math.round(out.ms)} ms`);
      await session.hosts.run(stopped, 'systemctl start service_a');
      const back = await eventually(10_000, () => everywhereUp(instances));
      measured('systemctl start to back in every proxy', `${Math.round(back.ms)} ms`);
    });
    const after = await Promise.all(
      consumers.map((consumer) => haproxyWorker(session.hosts, consumer)),
    );
    expect(after).to.deep.equal(workers);
  });

  for (const unit of ['service_a', 'nerve', 'synapse', 'haproxy']) {
    it(`heal by themselves after a kill -9 of ${unit}`, async () => {
      const [host = ''] = instances;
      const pid = await mainPid(session.hosts, host, unit);
      await session.hosts.run(host, `kill -9 ${pid}`);
      const { ms } = await eventually(45_000, async () => {
        expect(await mainPid(session.hosts, host, unit)).to.not.be.oneOf(['0', pid]);
        await session.hosts.run(host, `systemctl is-active ${unit}`);
        await everywhereUp(instances);
        await session.hosts.get(host, `${serviceA}/ping`);
      });
      measured(`kill -9 of ${unit} to all well`, `${Math.round(ms)} ms`);
    });
  }
});
