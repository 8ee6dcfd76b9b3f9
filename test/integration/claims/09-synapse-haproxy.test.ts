import { expect } from 'chai';
import { answering, losesNothing, type SoFar } from '../support/lossless.ts';
import { tellNerve } from '../support/nerve.ts';
import { eventually, soonMs } from '../support/poll.ts';
import { haproxy, haproxyWorker } from '../support/probes.ts';
import { expectInstancesUp } from '../support/proxies.ts';
import { measured, openSession, type Session } from '../support/session.ts';
import { clockOf, expectUpAt, findSubject, type Subject } from '../support/subject.ts';
import { instancePath, tellSynapse } from '../support/synapse.ts';
import { startTraffic } from '../support/traffic.ts';

const service = 'service_a';
const serverStates = '/var/lib/smartstack/haproxy/haproxy.cfg.servers';
/** In `show servers state`: what somebody said with `state drain`, and with `state ready`. */
const [forcedDrain, ready] = ['8', '0'];
const connections = ['fresh', 'kept'] as const;

describe('a HAProxy that somebody else touches', () => {
  let session: Session;
  let subject: Subject;

  before(async () => {
    session = await openSession();
    subject = await findSubject(session, service);
  });
  after(() => session.hosts.close());

  const tell = ({ consumer, server }: Subject, what: string): Promise<string> =>
    tellSynapse(session.hosts, consumer, 'POST', instancePath(service, server, what));
  const setState = ({ consumer, server }: Subject, state: string): Promise<string> =>
    haproxy(session.hosts, consumer, `set server ${service}/${server} state ${state}`);
  const allUp = () =>
    eventually(soonMs, () => expectInstancesUp(session, service, subject.instances));

  const drains = {
    "synapse's API": {
      drain: () => tell(subject, 'drain'),
      end: () => tell(subject, 'enable'),
    },
    "HAProxy's own socket": {
      drain: async () => {
        await setState(subject, 'drain');
        const { ms } = await untilSaved(subject, forcedDrain);
        measured('told to saved for a restart', `${Math.round(ms)} ms`);
      },
      end: async () => {
        await setState(subject, 'ready');
        await untilSaved(subject, ready);
      },
    },
  } as const;

  for (const [where, { drain, end }] of Object.entries(drains)) {
    it(`keeps a drain by ${where} over a reload, which loses nothing`, async () => {
      const drill = async (soFar: SoFar): Promise<void> => {
        await drain();
        await staysOut(soFar, 'systemctl reload haproxy');
      };
      try {
        await losesNothing(session, service, drill, { connections });
      } finally {
        await end();
      }
      await allUp();
    });

    it(`keeps a drain by ${where} over a restart`, async () => {
      const { url, consumer, bystanders } = subject;
      const here = startTraffic(session.hosts, consumer, url, 20);
      const soFar: SoFar = () => here.requests.map((one) => ({ ...one, from: consumer }));
      const drill = async (): Promise<void> => {
        await drain();
        await staysOut(soFar, 'systemctl restart haproxy');
      };
      try {
        await losesNothing(session, service, drill, { from: bystanders, connections });
      } finally {
        await end();
        await here.stop();
      }
      // They found no HAProxy: that is what a restart is.
      const failed = soFar().filter(({ error }) => error !== '').length;
      measured('requests of its own host sent and failed', `${soFar().length}, ${failed}`);
      await allUp();
    });
  }

  it('starts with what changed while it was stopped', async () => {
    const { consumer, bystanders, target, others } = subject;
    const tellTarget = (what: string): Promise<string> =>
      tellNerve(session.hosts, target, 'POST', `/services/${service}/${what}`);
    try {
      await session.hosts.run(consumer, 'systemctl stop haproxy');
      await tellTarget('drain');
      await eventually(soonMs, async () => {
        for (const host of bystanders) await expectUpAt(session, host, service, others);
      });
      await session.hosts.run(consumer, 'systemctl start haproxy');
      const { ms } = await eventually(soonMs, () => expectUpAt(session, consumer, service, others));
      measured('started to right', `at most ${Math.round(ms)} ms`);
    } finally {
      await session.hosts.run(consumer, 'systemctl start haproxy');
      await tellTarget('enable');
    }
    await allUp();
  });

  /** Until that would be so again if HAProxy ended at that moment. */
  function untilSaved({ consumer, server }: Subject, state: string) {
    return eventually(soonMs, async () => {
      const states = await session.hosts.run(consumer, `cat ${serverStates}`);
      const row = states.split('\n').find((line) => line.includes(` ${server} `));
      expect(row?.split(' ')[6], `administrative state in: ${states}`).to.equal(state);
    });
  }

  /** From now on, and while HAProxy is renewed, and after that. */
  async function staysOut(soFar: SoFar, how: string): Promise<void> {
    const { consumer, others } = subject;
    const since = (fromMs: number) =>
      soFar().filter(({ at, from, error }) => from === consumer && at >= fromMs && error === '');
    const fromMs = await clockOf(session, consumer);
    const before = await haproxyWorker(session.hosts, consumer);
    await session.hosts.run(consumer, how);
    const { ms } = await eventually(soonMs, async () => {
      expect(await haproxyWorker(session.hosts, consumer)).to.not.equal(before);
      await expectUpAt(session, consumer, service, others);
    });
    measured(`${how} to right`, `at most ${Math.round(ms)} ms`);
    const renewedMs = await clockOf(session, consumer);
    await eventually(soonMs, async () => expect(since(renewedMs)).to.have.length.above(20));
    expect(answering(since(fromMs), [consumer])).to.deep.equal(others);
  }
});
