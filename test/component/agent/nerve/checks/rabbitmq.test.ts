import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { expect } from 'chai';
import { type Certificate, makeCertificate } from '../../../../support/certificates.ts';
import { leavingNothing, passed, reasonOf, runTestCheck } from '../../../../support/check-bed.ts';
import { freePort } from '../../../../support/free-ports.ts';
import { type RabbitmqServer, startRabbitmq } from '../../../../support/rabbitmq.ts';

describe('rabbitmq check', function () {
  this.timeout(120_000);
  let folder: string;
  let certificate: Certificate;
  let broker: RabbitmqServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rabbitmq-check-'));
    certificate = await makeCertificate(folder, 'server', ['DNS:broker.example']);
    broker = await startRabbitmq(certificate);
  });
  after(async () => {
    await broker?.stop();
    await rm(folder, { recursive: true });
  });

  const run = (options: object = {}) => runTestCheck(broker.port, { type: 'rabbitmq', ...options });
  const messagesIn = async (queue: string): Promise<number> => {
    const connection = await connect({ hostname: '127.0.0.1', port: broker.port });
    const channel = await connection.createChannel();
    const { messageCount } = await channel.checkQueue(queue);
    await connection.close();
    return messageCount;
  };

  it("publishes to the original's queue and fetches from it, as guest", async () => {
    await leavingNothing(async () => expect(await run()).to.deep.equal(passed));
    expect(await messagesIn('nerve')).to.equal(0);
  });

  it('shares the queue with others that check at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => run()));
    expect(results).to.deep.equal(Array(20).fill(passed));
    expect(await messagesIn('nerve')).to.equal(0);
  });

  it('takes a queue of its own', async () => {
    expect(await run({ queue: 'mine', durable: true })).to.deep.equal(passed);
    expect(await reasonOf(run({ queue: 'mine' }))).to.match(/PRECONDITION_FAILED/);
  });

  it('fails with a wrong password or virtual host, and does not tell the password', async () => {
    await leavingNothing(async () => {
      const reason = await reasonOf(run({ password: 'wrong-one' }));
      expect(reason)
        .to.match(/ACCESS_REFUSED/)
        .and.not.include('wrong-one');
    });
    expect(await reasonOf(run({ vhost: 'a b/c' }))).to.equal(
      'no virtual host "a b/c", or none that this user may use',
    );
  });

  it('speaks TLS, and verifies the certificate against its own authority', async () => {
    const tls = (more: object) =>
      runTestCheck(broker.tlsPort, { type: 'rabbitmq', ssl: true, ...more });
    const ca_file = certificate.certPath;
    expect(await tls({})).to.deep.equal(passed);
    expect(await tls({ ca_file, server_name: 'broker.example' })).to.deep.equal(passed);
    expect(await reasonOf(tls({ ca_file }))).to.match(/127\.0\.0\.1 is not in the cert's list/);
  });

  it('fails when the connection is refused', async () => {
    const port = await freePort();
    await leavingNothing(async () => {
      expect(await reasonOf(runTestCheck(port, { type: 'rabbitmq' }))).to.include('ECONNREFUSED');
    });
  });

  it('fails at its time-out when the broker stands still, and lets go of it', async () => {
    broker.pause();
    try {
      await leavingNothing(async () => {
        expect(await reasonOf(run({ timeout: 0.2 }))).to.equal('no answer within 200 ms');
      });
    } finally {
      broker.resume();
    }
    expect(await run()).to.deep.equal(passed);
  });
});
