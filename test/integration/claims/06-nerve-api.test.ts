import { expect } from 'chai';
import { curl } from '../support/daemon-api.ts';
import { losesNothing } from '../support/lossless.ts';
import { renewNerve, tellNerve } from '../support/nerve.ts';
import { eventually } from '../support/poll.ts';
import { serverWeights } from '../support/probes.ts';
import { expectInstancesUp, expectServersUp, serverNames } from '../support/proxies.ts';
import { readFolder } from '../support/registry.ts';
import { startCopy } from '../support/second-copy.ts';
import { measured, openSession, type Session } from '../support/session.ts';

const service = 'service_a';
const drill = { reason: 'a drill' };
const extra = { port: 8009, expiresAfterSeconds: 5 };

describe("nerve's API", () => {
  let session: Session;
  let instances: readonly string[];
  /** The instance that the drills are about. */
  let host: string;
  let others: readonly string[];

  before(async () => {
    session = await openSession();
    instances = session.outputs.services[service]?.on ?? [];
    [host = '', ...others] = instances;
    await eventually(15_000, () => expectInstancesUp(session, service, instances));
  });
  after(() => session.hosts.close());

  const tell = (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<string> =>
    tellNerve(session.hosts, host, method, path, body);
  const isOut = async (what: string): Promise<void> => {
    const { ms } = await eventually(10_000, () => expectInstancesUp(session, service, others));
    measured(`${what} to out of every proxy`, `${Math.round(ms)} ms`);
  };
  const isBack = async (what: string): Promise<void> => {
    const { ms } = await eventually(10_000, () => expectInstancesUp(session, service, instances));
    measured(`${what} to back in every proxy`, `${Math.round(ms)} ms`);
  };

  for (const scope of [`/services/${service}`, '/host']) {
    it(`drains ${scope}, through a restart of nerve, and enables it again`, async () => {
      try {
        await losesNothing(session, service, async () => {
          await tell('POST', `${scope}/drain`, drill);
          await isOut('drain');
          await renewNerve(session.hosts, host, () => 'systemctl restart nerve');
          await expectInstancesUp(session, service, others);
          await tell('POST', `${scope}/enable`);
          await isBack('enable');
        });
      } finally {
        await tell('POST', `${scope}/enable`);
      }
    });
  }

  it('announces a downtime: no new traffic first, then out', async () => {
    const [own = ''] = serverNames(session, service, [host]);
    const announced = { ...drill, starts_in_seconds: 3, drain_seconds: 2 };
    try {
      await losesNothing(session, service, async () => {
        await tell('PUT', `/services/${service}/downtime`, announced);
        await eventually(10_000, async () => {
          const weights = await weightsOf(own);
          expect(weights).to.deep.equal(weights.map(() => 0));
        });
        const out = await eventually(10_000, async () => {
          const weights = await weightsOf(own);
          expect(weights).to.deep.equal(weights.map(() => undefined));
        });
        measured('no new traffic (for 2 s) to out of every proxy', `${Math.round(out.ms)} ms`);
        await tell('DELETE', `/services/${service}/downtime`);
        await isBack('end of the downtime');
      });
    } finally {
      await tell('DELETE', `/services/${service}/downtime`);
    }
  });

  it('registers who asks for it, through a restart of nerve, until he asks no more', async () => {
    const names = [
      ...serverNames(session, service, instances),
      `${host}_${session.hosts.address(host)}:${extra.port}`,
    ];
    const stop = await startCopy(session.hosts, host, { service, port: extra.port, id: 'extra' });
    try {
      await losesNothing(session, service, async () => {
        const body = { service, port: extra.port, checks: [{ type: 'http', uri: '/health' }] };
        const expires = { expires_after_seconds: extra.expiresAfterSeconds };
        await tell('PUT', '/registrations/extra', { ...body, ...expires });
        const shown = await eventually(10_000, () => expectServersUp(session, service, names));
        measured('registration to a server in every proxy', `${Math.round(shown.ms)} ms`);
        const before = await folder();
        await renewNerve(session.hosts, host, () => 'systemctl restart nerve');
        await tell('POST', '/registrations/extra/renew');
        const renewedAt = performance.now();
        await expectServersUp(session, service, names);
        expect(await folder()).to.deep.equal(before);
        await eventually(15_000, () => expectInstancesUp(session, service, instances));
        const ms = Math.round(performance.now() - renewedAt);
        measured('last renewal (for 5 s) to out of every proxy', `${ms} ms`);
      });
    } finally {
      await stop();
      await tell('DELETE', '/registrations/extra').catch(() => {});
    }
  });

  it('changes nothing for whoever asks on the loopback port or from a web page', async () => {
    const before = await folder();
    const url = 'http://127.0.0.1:3211';
    const socket = ['--unix-socket', '/run/smartstack/nerve.sock'];
    const hostile = [
      ['-X', 'POST', '-d', '{}', `${url}/services/${service}/drain`],
      ['-X', 'POST', '-d', '{}', `${url}/host/drain`],
      ['-X', 'PUT', '-d', '{"weight":0}', `${url}/services/${service}/weight`],
      ['-X', 'PUT', '-d', '{"service":"x","port":1}', `${url}/registrations/x`],
      ['-X', 'DELETE', `${url}/registrations/x`],
      ['-H', 'Host: pages.example:3211', `${url}/status`],
      [...socket, '-X', 'POST', '-H', 'Origin: http://pages.example', 'http://nerve/host/drain'],
    ];
    for (const args of hostile) {
      expect(await curl(session.hosts, host, args), args.join(' ')).to.include({ status: 403 });
    }
    const outside = `${session.hosts.address(host)}:3211`;
    const answer = curl(session.hosts, others[0] ?? '', [`http://${outside}/status`]);
    expect(await answer.catch((error: unknown) => String(error))).to.include('ailed to connect');
    await expectInstancesUp(session, service, instances);
    expect(await folder()).to.deep.equal(before);
  });

  function folder() {
    const [member = ''] = session.hosts.with('zookeeper');
    return readFolder(session.hosts, member, session.outputs.services[service]?.zkPath ?? '');
  }

  /** Of one server, in the proxy of each consumer; `undefined` where there is none. */
  function weightsOf(name: string): Promise<readonly (number | undefined)[]> {
    const consumers = session.outputs.services[service]?.consumers ?? [];
    return Promise.all(
      consumers.map(async (consumer) =>
        (await serverWeights(session.hosts, consumer, service)).get(name),
      ),
    );
  }
});
