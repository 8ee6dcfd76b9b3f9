import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import { expect } from 'chai';
import { z } from 'zod';
import { createEtcdGateway } from '../../../../../agent/etcd/gateway.ts';
import { systemClock } from '../../../../../agent/lib/clock.ts';
import { openEtcdRegistry } from '../../../../../agent/nerve/reporters/etcd.ts';
import { type Registry, RegistryError } from '../../../../../agent/nerve/reporters/registry.ts';
import { encodeRegistration } from '../../../../../agent/registration.ts';
import { startTestEtcd, type TestEtcd } from '../../../../support/etcd.ts';
import { eventually } from '../../../../support/eventually.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';
import { freePort, portOf } from '../../../../support/free-ports.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';

const registration = { name: 'node_1', host: '10.0.0.1', port: 8080, weight: 3 };
const heavier = { ...registration, weight: 5 };
const leaseSeconds = 2;

interface Opened {
  readonly registry: Registry;
  readonly logger: ReturnType<typeof createRecordingLogger>;
  readonly disturbances: () => number;
}

describe('the etcd registry', () => {
  let etcd: TestEtcd;
  const opened: Registry[] = [];
  let path = '';
  let count = 0;

  before(async function () {
    this.timeout(60_000);
    etcd = await startTestEtcd();
  });
  after(() => etcd.destroy());
  beforeEach(() => {
    count += 1;
    path = `/test/services/web${count}`;
  });
  afterEach(() => {
    for (const registry of opened.splice(0)) registry.close();
  });

  const open = (place = {}, clock = systemClock): Opened => {
    const logger = createRecordingLogger();
    let disturbances = 0;
    const registry = openEtcdRegistry({
      place: { type: 'etcd', host: etcd.host, port: etcd.port, path, leaseSeconds, ...place },
      clock,
      random: Math.random,
      logger,
      onDisturbed: () => {
        disturbances += 1;
      },
    });
    opened.push(registry);
    return { registry, logger, disturbances: () => disturbances };
  };
  const usable = (registry: Registry): Promise<unknown> =>
    eventually(() => expect(registry.usable).to.equal(true));
  const openUsable = async (): Promise<Opened> => {
    const one = open();
    await usable(one.registry);
    return one;
  };
  const key = (): string => `${path}/node_1/10.0.0.1:8080`;
  const valueNow = async (of = key()): Promise<string | undefined> =>
    (await etcd.client.read(of))?.value.toString();
  const text = (of: typeof registration): string => encodeRegistration(of).toString();
  const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('brings an instance in, changes its data and takes it out', async () => {
    const { registry, logger } = await openUsable();
    await registry.register(registration);
    expect(registry.path).to.equal(key());
    expect(await valueNow()).to.equal(text(registration));
    await registry.register(heavier);
    expect(await valueNow()).to.equal(text(heavier));
    await registry.deregister(heavier, 'failing');
    expect(registry.path).to.equal(undefined);
    expect(await valueNow()).to.equal(undefined);
    expect(logger.events()).to.deep.equal([
      'etcd-usable',
      'registered',
      'registered',
      'deregistered',
    ]);
  });

  it('takes no second slash from its path', async () => {
    const one = open({ path: '/' });
    await usable(one.registry);
    await one.registry.register(registration);
    expect(one.registry.path).to.equal('/node_1/10.0.0.1:8080');
    await one.registry.deregister(registration, 'stopped');
  });

  it('writes nothing where everything is as it should be', async () => {
    const { registry } = await openUsable();
    await registry.register(registration);
    const before = await revisions(etcd, key());
    await registry.register(registration);
    expect(await revisions(etcd, key())).to.deep.equal(before);
  });

  it('keeps the key for longer than a lease', async () => {
    const { registry, disturbances } = await openUsable();
    await registry.register(registration);
    const before = [await etcd.client.read(key()), disturbances()];
    const aLeaseAndAHalf = performance.now() + leaseSeconds * 1_500;
    await eventually(() => expect(performance.now()).to.be.above(aLeaseAndAHalf));
    expect([await etcd.client.read(key()), disturbances()]).to.deep.equal(before);
  });

  it('leaves the key to the lease when it is closed, as a crash does', async () => {
    const { registry } = await openUsable();
    await registry.register(registration);
    registry.close();
    expect(await valueNow()).to.equal(text(registration));
    await eventually(async () => expect(await valueNow()).to.equal(undefined));
  });

  it('takes a key of an earlier life over, without a moment in which it is not there', async () => {
    const former = await openUsable();
    await former.registry.register(registration);
    const before = await etcd.client.read(key());
    former.registry.close();
    const { registry } = await openUsable();
    await registry.register(registration);
    const after = await etcd.client.read(key());
    expect(after?.value).to.deep.equal(before?.value);
    expect(after?.lease).not.to.equal(before?.lease);
    const { created, modified } = await revisions(etcd, key());
    expect(created).to.be.below(modified);
  });

  it('takes a key of an earlier life out', async () => {
    const former = await openUsable();
    await former.registry.register(registration);
    former.registry.close();
    const { registry, logger } = await openUsable();
    await registry.deregister(registration, 'failing');
    expect(await valueNow()).to.equal(undefined);
    expect(logger.events()).to.include('deregistered');
  });

  it('changes nothing while it looks around', async () => {
    await etcd.client.ensure(key(), { value: Buffer.from('former'), lease: undefined });
    const { registry } = await openUsable();
    await registry.prepare(registration);
    expect(await valueNow()).to.equal('former');
  });

  it('lets two registrations stand side by side', async () => {
    const [one, other] = [await openUsable(), await openUsable()];
    const second = { ...registration, port: 8081 };
    await one.registry.register(registration);
    await other.registry.register(second);
    await one.registry.deregister(registration, 'failing');
    expect(await valueNow()).to.equal(undefined);
    expect(await valueNow(`${path}/node_1/10.0.0.1:8081`)).to.equal(text(second));
  });

  for (const [what, meddle] of [
    ['deletes', () => etcd.client.remove(key())],
    [
      'overwrites',
      () => etcd.client.ensure(key(), { value: Buffer.from('theirs'), lease: undefined }),
    ],
  ] as const) {
    it(`notices that somebody ${what} its key, and repairs it when asked`, async () => {
      const { registry, logger, disturbances } = await openUsable();
      await registry.register(registration);
      const before = disturbances();
      await meddle();
      await eventually(() => expect(disturbances()).to.be.above(before));
      await registry.register(registration);
      expect(await valueNow()).to.equal(text(registration));
      expect((await etcd.client.read(key()))?.lease).to.be.a('string');
      expect(logger.events()).to.include('registration-repaired');
    });
  }

  it('gets a new lease where the old one expired unnoticed', async () => {
    const clock = createFakeClock();
    const { registry, logger, disturbances } = open({}, clock);
    await usable(registry);
    await registry.register(registration);
    await eventually(async () => expect(await valueNow()).to.equal(undefined));
    const before = disturbances();
    await clock.advance((leaseSeconds * 1_000) / 3);
    await eventually(() => expect(disturbances()).to.be.above(before));
    expect(registry.path).to.equal(undefined);
    await registry.register(registration);
    expect(await valueNow()).to.equal(text(registration));
    expect(logger.events()).to.include('lease-expired');
  });

  it('asks for another attempt where the lease turns out to be gone on writing', async () => {
    const clock = createFakeClock();
    const { registry } = open({}, clock);
    await usable(registry);
    await registry.register(registration);
    await eventually(async () => expect(await valueNow()).to.equal(undefined));
    const error = await errorOf(registry.register(heavier));
    expect(error).to.be.instanceOf(RegistryError);
    expect(registry.usable).to.equal(true);
    await registry.register(heavier);
    expect(await valueNow()).to.equal(text(heavier));
  });

  describe('with an etcd that goes away', () => {
    afterEach(async function () {
      this.timeout(60_000);
      etcd.resume();
      await etcd.kill();
      await etcd.start();
    });

    it('says so, and finds its key when it is back with its data', async () => {
      const { registry, logger, disturbances } = await openUsable();
      await registry.register(registration);
      await etcd.kill();
      const error = await errorOf(registry.register(heavier));
      expect(error).to.be.instanceOf(RegistryError);
      expect(error).to.have.property('message').that.includes(`etcd at ${etcd.host}:${etcd.port}`);
      expect(registry.usable).to.equal(false);
      const before = disturbances();
      await etcd.start();
      await usable(registry);
      expect(disturbances()).to.be.above(before);
      await registry.register(heavier);
      expect(await valueNow()).to.equal(text(heavier));
      const told = logger.events().filter((event) => event.startsWith('etcd'));
      expect([...new Set(told)]).to.deep.equal(['etcd-usable', 'etcd-unusable']);
      expect(told.at(-1)).to.equal('etcd-usable');
    });

    it('registers once more after it hung for longer than the lease', async () => {
      const { registry } = await openUsable();
      await registry.register(registration);
      etcd.pause();
      await eventually(() => expect(registry.usable).to.equal(false));
      const aLeaseAndAHalf = performance.now() + leaseSeconds * 1_500;
      await eventually(() => expect(performance.now()).to.be.above(aLeaseAndAHalf));
      etcd.resume();
      await usable(registry);
      await eventually(async () => {
        await registry.register(registration);
        const found = await etcd.client.read(key());
        expect(found?.value.toString()).to.equal(text(registration));
        expect(await etcd.client.keepAlive(found?.lease ?? '')).to.equal(true);
      });
    });

    it('lets no write that was stuck bring an instance back', async () => {
      const { registry } = await openUsable();
      await registry.prepare(registration);
      etcd.pause();
      expect(await errorOf(registry.register(registration))).to.be.instanceOf(RegistryError);
      etcd.resume();
      await eventually(() => registry.deregister(registration, 'failing'));
      const untilLateWritesAreIn = performance.now() + 500;
      await eventually(() => expect(performance.now()).to.be.above(untilLateWritesAreIn));
      expect(await valueNow()).to.equal(undefined);
    });
  });

  it('starts without etcd, and is there when etcd is', async () => {
    const port = await freePort();
    const { registry, logger } = open({ port });
    await eventually(() => expect(logger.events()).to.deep.equal(['etcd-unusable']));
    expect(registry.usable).to.equal(false);
    expect(logger.lines[0]?.reason).to.include(`etcd at 127.0.0.1:${port}: connect ECONNREFUSED`);
  });

  it('names a host that does not exist', async () => {
    const { registry, logger } = open({ host: 'no-such-host.invalid' });
    await eventually(() => expect(logger.events()).to.deep.equal(['etcd-unusable']));
    expect(registry.usable).to.equal(false);
    expect(logger.lines[0]?.reason).to.include('no-such-host.invalid');
  });

  for (const [what, status, body, reason] of [
    ['an etcd of version 2', 404, '404 page not found\n', 'it must be etcd 3.4 or newer'],
    [
      'an etcd that wants a user',
      400,
      '{"error":"etcdserver: user name is empty","code":3}',
      'requires authentication, which is not supported: etcdserver: user name is empty',
    ],
    ['something else', 200, '<html>', 'an answer that etcd would not give'],
  ] as const) {
    it(`says clearly that there is ${what}`, async () => {
      const server = createServer((_request, response) => {
        response.writeHead(status).end(body);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const { logger } = open({ port: portOf(server) });
        await eventually(() => expect(logger.events()).to.deep.equal(['etcd-unusable']));
        expect(logger.lines[0]?.reason).to.include(reason);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  }
});

const rangeSchema = z.object({
  header: z.object({ revision: z.string() }),
  kvs: z.array(z.object({ create_revision: z.string(), mod_revision: z.string() })).default([]),
});

/** Of the whole store; and when the key came into being and was written last. */
async function revisions({ host, port }: TestEtcd, key: string) {
  const gateway = createEtcdGateway({ host, port, deadlineMs: 2_000, clock: systemClock });
  const body = { key: Buffer.from(key).toString('base64') };
  const { header, kvs } = await gateway.call('kv/range', body, rangeSchema);
  gateway.close();
  return {
    store: Number(header.revision),
    created: Number(kvs[0]?.create_revision),
    modified: Number(kvs[0]?.mod_revision),
  };
}
