import { expect } from 'chai';
import { keepDead, stopAll } from '../support/faults.ts';
import { losesNothing } from '../support/lossless.ts';
import { tellNerve } from '../support/nerve.ts';
import { eventually, soonMs } from '../support/poll.ts';
import { modeOf } from '../support/probes.ts';
import { expectInstancesUp, workers } from '../support/proxies.ts';
import { measured, openSession, type Session } from '../support/session.ts';
import { findSubject, type Subject } from '../support/subject.ts';
import { expectConnected, origins, renewSynapse } from '../support/synapse.ts';

const service = 'service_a';

describe('with all of ZooKeeper down', () => {
  let session: Session;
  let subject: Subject;
  let members: readonly string[];

  before(async () => {
    session = await openSession();
    subject = await findSubject(session, service);
    members = session.hosts.with('zookeeper');
  });
  after(() => session.hosts.close());

  const upWithin = (deadlineMs: number, names: readonly string[]) =>
    eventually(deadlineMs, () => expectInstancesUp(session, service, names));

  it('a killed synapse serves what it knew, avoids the dead, and is right afterwards', async () => {
    const before = await workers(session, service);
    const drill = async (): Promise<void> => {
      const outage = await stopAll(session.hosts, members, 'zookeeper');
      try {
        await killSynapses();
        await servesWhatItKnew();
      } finally {
        await outage.heal();
      }
      await isRightAgain();
    };
    await losesNothing(session, service, drill, { connections: ['fresh', 'kept'] });
    expect(await workers(session, service)).to.deep.equal(before);
  });

  async function killSynapses(): Promise<void> {
    const startedAt = performance.now();
    await Promise.all(
      subject.consumers.map((host) => renewSynapse(session.hosts, host, (pid) => `kill -9 ${pid}`)),
    );
    const ms = Math.round(performance.now() - startedAt);
    measured('kill -9 of all synapses to all ready', `${ms} ms`);
  }

  async function servesWhatItKnew(): Promise<void> {
    const { instances, target, others } = subject;
    expect(await origins(session, service)).to.deep.equal(['file']);
    await expectInstancesUp(session, service, instances);
    const dead = await keepDead(session.hosts, target, service);
    try {
      const { ms } = await upWithin(soonMs, others);
      measured('kill -9 of an instance to out of every proxy', `${Math.round(ms)} ms`);
    } finally {
      await dead.heal();
    }
    await upWithin(soonMs, instances);
  }

  async function isRightAgain(): Promise<void> {
    await eventually(60_000, async () => {
      const modes = await Promise.all(members.map((member) => modeOf(session.hosts, member)));
      expect(modes).to.include('leader');
    });
    const connected = await eventually(soonMs, () => expectConnected(session, service));
    measured('a leader to all synapses connected', `${Math.round(connected.ms)} ms`);
    expect(await origins(session, service)).to.deep.equal(['registry']);
    await seesChanges();
  }

  /** What only the registry can tell. */
  async function seesChanges(): Promise<void> {
    const tell = (what: string): Promise<string> =>
      tellNerve(session.hosts, subject.target, 'POST', `/services/${service}/${what}`);
    try {
      await tell('drain');
      const { ms } = await upWithin(soonMs, subject.others);
      measured('the next drain at nerve to out of every proxy', `${Math.round(ms)} ms`);
    } finally {
      await tell('enable');
    }
    await upWithin(soonMs, subject.instances);
  }
});
