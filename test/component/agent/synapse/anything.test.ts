import { expect } from 'chai';
import type { TestBackend } from '../../../support/backend.ts';
import { Dice } from '../../../support/dice.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { type Mood, makeFlaky } from '../../../support/flaky-socket.ts';
import { freePort } from '../../../support/free-ports.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';
import { type Place, TrafficModel } from '../../../support/traffic-model.ts';

const seeds = (process.env.SMARTSTACK_SEEDS ?? '1,2,3,20,21').split(',').map(Number);
const turns = 24;
const names = ['a', 'b', 'c', 'd', 'e'];

describe('synapse, whatever happens', () => {
  const worlds = seeds.flatMap((seed) => [false, true].map((guarded) => ({ seed, guarded })));
  for (const { seed, guarded } of worlds) {
    it(`sends traffic where it should go, seed ${seed}${guarded ? ', guarded' : ''}`, async () => {
      const world = await createWorld(seed, guarded);
      try {
        for (let turn = 0; turn < turns; turn += 1) {
          const what = await world.turn();
          await world.expectRight().catch((error: unknown) => {
            throw new Error(`seed ${seed}, turn ${turn}: wrong after ${what}`, { cause: error });
          });
        }
        await world.expectNobodyLeft();
        world.expectNoNeedlessReload();
      } finally {
        await world.destroy();
      }
    });
  }
});

interface World {
  /** Lets something happen; resolves to what it was. */
  turn(): Promise<string>;
  /** Servers, weights, the file and the answers that clients get are those of the model. */
  expectRight(): Promise<void>;
  /** Waits until HAProxy has none of those that left. */
  expectNobodyLeft(): Promise<void>;
  expectNoNeedlessReload(): void;
  destroy(): Promise<void>;
}

/**
 * `guarded`: the registry forgets most of a fleet at once, and never one alone. Together they are a
 * matter of time, which the model does not know: the guard counts what vanishes within 20 s.
 */
async function createWorld(seed: number, guarded: boolean): Promise<World> {
  const dice = new Dice(seed);
  const bed = await createSynapseBed();
  const model = new TrafficModel(names);
  const backends = new Map<string, TestBackend>();
  for (const name of names) backends.set(name, await bed.backend(name));
  const backendOf = ({ name }: Place): TestBackend => {
    const backend = backends.get(name);
    if (backend === undefined) throw new Error(`no backend ${name}`);
    return backend;
  };
  const otherPort = await freePort();
  const configure = (withOther: boolean): void =>
    bed.configure({
      web: {
        server_options: 'check inter 100ms rise 1 fall 1',
        listen: ['option httpchk GET /health', 'balance roundrobin'],
        use_nerve_weights: true,
      },
      service: guarded ? {} : { guard: null },
      services: withOther
        ? { other: { discovery: { method: 'base' }, haproxy: { port: otherPort } } }
        : {},
    });
  const nodes = new Map<string, string>();
  let hasOther = false;
  let reloads = 0;

  const register = (place: Place, draining = false): void => {
    const weight = dice.between(1, 4);
    const before = nodes.get(place.name);
    const backend = backendOf(place);
    nodes.set(place.name, bed.register(backend, { weight, ...(draining ? { draining } : {}) }));
    if (before !== undefined) bed.zookeeper.remove(bed.path, before);
    model.register(place, weight, draining);
  };
  const leave = (place: Place, announced: boolean): void => {
    takeNode(place, announced);
    model.leave(place, announced);
  };
  const takeNode = (place: Place, announced: boolean): void => {
    const node = nodes.get(place.name) ?? '';
    nodes.delete(place.name);
    if (announced) bed.zookeeper.depart(bed.path, node, 'stopped');
    else bed.zookeeper.remove(bed.path, node);
  };
  const turnHealth = (place: Place): string => {
    model.setHealthy(place, !place.healthy);
    backendOf(place).setHealthy(place.healthy);
    return `${place.name} is ${place.healthy ? 'well' : 'ill'}`;
  };

  /** One change of the registry or of an instance, never one that leaves the service empty. */
  const change = (): string => {
    const place = dice.pick(model.places);
    const mayLeave = place.registered !== undefined && model.registered.length > 1;
    switch (dice.pick(['register', 'drain', 'depart', 'vanish', 'fail', 'bad'] as const)) {
      case 'drain':
        register(place, true);
        return `${place.name} drains`;
      case 'depart':
        if (mayLeave) leave(place, true);
        return `${place.name} departs`;
      case 'vanish':
        if (mayLeave && !guarded) leave(place, false);
        return `${place.name} vanishes`;
      case 'fail':
        return turnHealth(place);
      case 'bad':
        bed.zookeeper.create(bed.path, 'bad_', dice.pick(['', '{', '{"host":"a b"}', '[]']));
        return 'a bad registration';
      case 'register':
        register(place);
        return `${place.name} registers`;
    }
  };
  const burst = (): string => Array.from({ length: dice.between(1, 5) }, change).join(', ');

  const restartHaproxy = async (meanwhile: () => string): Promise<string> => {
    await bed.haproxy.kill();
    const what = meanwhile();
    await bed.haproxy.start();
    return `HAProxy killed, ${what}`;
  };
  const restartSynapse = async (meanwhile: () => string): Promise<string> => {
    await bed.synapse().stop();
    const what = meanwhile();
    bed.zookeeper.connect();
    await bed.startSynapse();
    return `synapse stopped, ${what}, synapse started`;
  };
  /** All but one at once; they are kept through what comes next, and return. */
  const forgetMost = async (): Promise<string> => {
    for (const place of model.places) register(place);
    await expectRight();
    const kept = dice.pick(model.places);
    const forgotten = model.places.filter((place) => place !== kept);
    for (const place of forgotten) {
      takeNode(place, false);
      model.forget(place);
    }
    await expectRight();
    const turnOne = (): string => turnHealth(dice.pick(forgotten));
    const next = [
      async () => turnOne(),
      () => restartHaproxy(turnOne),
      () => restartSynapse(turnOne),
    ];
    const what = await dice.pick(next)();
    await expectRight();
    for (const place of forgotten) register(place);
    return `all but ${kept.name} were forgotten, ${what}, all are back`;
  };

  const incidents: Readonly<Record<string, () => Promise<string>>> = {
    burst: async () => burst(),
    'the last leaves': async () => {
      const announced = guarded || dice.next() < 0.5;
      for (const place of model.registered.slice(1)) leave(place, true);
      await expectRight();
      for (const place of model.registered) leave(place, announced);
      await expectRight();
      register(dice.pick(model.places));
      return announced ? 'the last said that it leaves' : 'the last vanished';
    },
    'ZooKeeper away': async () => {
      bed.zookeeper.disconnect();
      await throughout(expectServers, { durationMs: 200 });
      const what = burst();
      bed.zookeeper.connect(dice.next() < 0.5);
      return `ZooKeeper was away, and ${what}`;
    },
    'HAProxy killed': async () => {
      const what = burst();
      if (dice.next() < 0.5) await expectRight();
      return `${what}, ${await restartHaproxy(burst)}`;
    },
    'HAProxy reloaded by somebody else': async () => {
      await eventually(() => bed.haproxy.master.ask('show proc'));
      // The answer may be lost with the old master.
      await bed.haproxy.master.ask('reload').catch(() => undefined);
      return `HAProxy reloaded, ${burst()}`;
    },
    'synapse restarted': () => restartSynapse(burst),
    'another service': async () => {
      hasOther = !hasOther;
      configure(hasOther);
      reloads += 1;
      const what = burst();
      await bed.synapse().reload();
      return `another service ${hasOther ? 'comes' : 'goes'}, ${what}`;
    },
    'a bad socket': async () => {
      // Dice of their own: how often they are thrown is a matter of time.
      const moods = new Dice(seed);
      const mood = (): Mood => moods.pick(['refuse', 'lose-answer', 'relay', 'relay']);
      const flaky = await makeFlaky(bed.haproxy.socketPath, mood);
      const what = burst();
      await eventually(() => expect(flaky.cuts).to.be.greaterThan(0));
      await flaky.remove();
      return `${what} over a socket that fails`;
    },
    ...(guarded && { 'most are forgotten': forgetMost }),
  };

  const expectServers = async (): Promise<void> => {
    const servers = await bed.haproxy.serversInTurn('web');
    const wanted = model.servers.map((place) => bed.serverName(backendOf(place)));
    expect(servers.map(({ name }) => name).sort()).to.deep.equal(wanted.sort());
    expect(servers.filter(({ admin }) => admin !== 'ready')).to.deep.equal([]);
  };
  /** Of those that take their share: who drains has none, who is kept has that of before. */
  const expectWeights = async (): Promise<void> => {
    const servers = await bed.haproxy.serversInTurn('web');
    for (const place of model.registered) {
      if (place.registered?.draining !== false) continue;
      const name = bed.serverName(backendOf(place));
      const server = servers.find((one) => one.name === name);
      expect(server?.weight, `weight of ${name}`).to.equal(place.registered.weight);
    }
  };
  const expectRight = (): Promise<void> =>
    eventually(async () => {
      await expectServers();
      await expectWeights();
      const wanted = model.servers.map((place) => bed.serverName(backendOf(place)));
      const lines = (await bed.haproxy.configText()).match(/(?<=^\tserver )\S+/gm) ?? [];
      expect([...lines].sort(), 'in the file').to.deep.equal(wanted.sort());
      await expectAnswers(bed, model);
    });

  configure(false);
  register(dice.pick(model.places));
  await bed.startSynapse();
  await bed.haproxy.start();
  await expectRight();
  return {
    turn: () => dice.pick([...Object.values(incidents), async () => burst()])(),
    expectRight,
    expectNobodyLeft: () =>
      eventually(async () => {
        const servers = await bed.haproxy.servers();
        expect(servers.filter(({ admin }) => admin === 'maint')).to.deep.equal([]);
      }),
    expectNoNeedlessReload: () => {
      const done = bed.logger.lines.filter(({ event }) => event === 'proxy-reloaded');
      // Where the socket stays bad for long, a reload is the only way.
      const needless = done.filter((line) => !String(line.reasons).includes('the file changed'));
      expect(needless.length).to.be.at.most(reloads);
    },
    destroy: () => bed.destroy(),
  };
}

/** Each that should serve is heard, and nobody else; with nobody left, clients are told so. */
async function expectAnswers({ url }: SynapseBed, { serving }: TrafficModel): Promise<void> {
  const heard = new Set<string>();
  for (let count = 0; count < 10 * Math.max(1, serving.length); count += 1) {
    const { status, body } = await request(url);
    heard.add(status === 200 ? body : String(status));
  }
  expect([...heard].sort(), 'answers').to.deep.equal(serving.length > 0 ? [...serving] : ['503']);
}
