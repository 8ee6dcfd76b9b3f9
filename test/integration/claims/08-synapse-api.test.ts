import { expect } from 'chai';
import { curl } from '../support/daemon-api.ts';
import { answering, losesNothing, type SentRequest } from '../support/lossless.ts';
import { tellNerve } from '../support/nerve.ts';
import { eventually, soonMs } from '../support/poll.ts';
import { expectInstancesUp } from '../support/proxies.ts';
import { measured, openSession, type Session } from '../support/session.ts';
import { clockOf, expectUpAt, findSubject, type Subject } from '../support/subject.ts';
import { instancePath, renewSynapse, shownInstance, tellSynapse } from '../support/synapse.ts';

const service = 'service_a';
/** Long enough for a restart of synapse meanwhile. */
const decision = { reason: 'a drill', by: 'somebody', duration_seconds: 20 };
const endsMs = decision.duration_seconds * 1_000 + soonMs;

describe("synapse's API", () => {
  let session: Session;
  let subject: Subject;

  before(async () => {
    session = await openSession();
    subject = await findSubject(session, service);
  });
  after(() => session.hosts.close());

  const tell = (what: string, body?: object): Promise<string> => {
    const { consumer, server } = subject;
    return tellSynapse(session.hosts, consumer, 'POST', instancePath(service, server, what), body);
  };
  const shownHere = () => shownInstance(session.hosts, subject.consumer, service, subject.server);
  const upHere = (names: readonly string[]): Promise<void> =>
    expectUpAt(session, subject.consumer, service, names);
  const upElsewhere = async (names: readonly string[]): Promise<void> => {
    const all = subject.bystanders.map((host) => expectUpAt(session, host, service, names));
    await Promise.all(all);
  };
  const killSynapse = (): Promise<void> =>
    renewSynapse(session.hosts, subject.consumer, (pid) => `kill -9 ${pid}`);

  for (const mode of ['drain', 'maintenance'] as const) {
    it(`takes an instance out of one proxy by ${mode}, until its time is over`, async () => {
      const { consumer, bystanders, instances, others } = subject;
      let spell = { fromMs: 0, untilMs: 0 };
      let sent: readonly SentRequest[] = [];
      try {
        sent = await losesNothing(session, service, async () => {
          await tell(mode, decision);
          const fromMs = await clockOf(session, consumer);
          await killSynapse();
          const { taken_out: out } = await shownHere();
          expect(out).to.include({ mode, reason: decision.reason });
          const untilMs = Date.parse(out?.until ?? '');
          await upHere(others);
          await upElsewhere(instances);
          await eventually(endsMs, () => upHere(instances));
          const lateMs = (await clockOf(session, consumer)) - untilMs;
          measured('its time is over to back', `at most ${lateMs} ms`);
          spell = { fromMs, untilMs };
        });
      } finally {
        await tell('enable');
      }
      const during = sent.filter(({ at }) => at >= spell.fromMs && at < spell.untilMs);
      expect(answering(during, [consumer])).to.deep.equal(others);
      expect(answering(during, bystanders)).to.have.members(instances);
    });
  }

  it('pins an instance at one proxy, which keeps it when all others lose it', async () => {
    const { consumer, target, instances, others } = subject;
    const tellTarget = (what: string): Promise<string> =>
      tellNerve(session.hosts, target, 'POST', `/services/${service}/${what}`);
    try {
      await losesNothing(session, service, async (soFar) => {
        await tell('pin', decision);
        await tellTarget('drain');
        await eventually(soonMs, () => upElsewhere(others));
        const fromMs = await clockOf(session, consumer);
        await killSynapse();
        const { origin, pinned } = await shownHere();
        expect(origin).to.equal('pinned');
        await upHere(instances);
        await eventually(soonMs, async () => {
          const later = soFar().filter(({ at }) => at >= fromMs);
          expect(answering(later, [consumer])).to.have.members(instances);
        });
        await eventually(endsMs, () => upHere(others));
        const lateMs = (await clockOf(session, consumer)) - Date.parse(pinned?.until ?? '');
        measured('its time is over to gone', `at most ${lateMs} ms`);
        await tellTarget('enable');
        await eventually(soonMs, () => expectInstancesUp(session, service, instances));
      });
    } finally {
      await tell('unpin');
      await tellTarget('enable');
    }
  });

  it('changes nothing for whoever asks on the loopback port or from a web page', async () => {
    const { consumer, target, server, instances } = subject;
    const url = 'http://127.0.0.1:3210';
    const socket = ['--unix-socket', '/run/smartstack/synapse.sock'];
    const path = (what: string): string => instancePath(service, server, what);
    const hostile = [
      ...['drain', 'maintenance', 'enable', 'pin', 'unpin'].map((what) => [
        ...['-X', 'POST', '-d', '{}', `${url}${path(what)}`],
      ]),
      ['-H', 'Host: pages.example:3210', `${url}/status`],
      [...socket, '-X', 'POST', '-H', 'Origin: http://pages.example', `${url}${path('drain')}`],
    ];
    for (const args of hostile) {
      expect(await curl(session.hosts, consumer, args), args.join(' ')).to.include({ status: 403 });
    }
    const outside = `http://${session.hosts.address(consumer)}:3210/status`;
    const answer = curl(session.hosts, target, [outside]);
    expect(await answer.catch((error: unknown) => String(error))).to.include('ailed to connect');
    expect(await shownHere()).to.deep.include({ pinned: null, taken_out: null });
    await expectInstancesUp(session, service, instances);
  });
});
