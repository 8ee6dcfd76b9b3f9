/** What services do in a week: they flap, stall, are deployed, drained, and asked too much. */
import { drainedAtNerve, drainedAtSynapse } from '../../faults/api.ts';
import { answersAgain, frozen, killedForGood, restarted } from '../../faults/process.ts';
import { reloadedByHand } from '../../faults/proxy.ts';
import { slow, unhealthy } from '../../faults/worker.ts';
import type { Drill } from '../../harness/drill.ts';
import { serverOf, serviceOf } from '../../harness/inventory.ts';
import { limits } from '../../harness/limits.ts';
import { nodesOf, outOfEveryProxy } from '../../harness/moments.ts';
import { firstOf } from '../../harness/who.ts';
import { burst } from '../../support/burst.ts';
import { haproxy, peaksOf } from '../../support/probes.ts';
import { echo, narrow, narrowRoom, workers } from '../catalog/services.ts';
import { comesBack, goesOut } from '../moved.ts';

const flaps = 6;

export const flapping: Drill = {
  title: 'a service flaps between well and unwell',
  set: 'production',
  about: 'It is taken out and in again each time; no request is lost, nothing is reloaded.',
  quick: true,
  recovers: limits.backIn,
  play: async (stage) => {
    const host = firstOf(stage.inventory, workers);
    for (let flap = 0; flap < flaps; flap += 1) {
      const sick = await stage.break(unhealthy(host, 503));
      await goesOut(stage, limits.crashToOut, sick.atMs, workers, host);
      const from = await sick.heal();
      await comesBack(stage, from, workers, host);
    }
  },
};

export const slowInstance: Drill = {
  title: 'an instance answers after five seconds',
  set: 'production',
  about: 'It says that it is well, so it is asked; its requests are late, and none is lost.',
  quick: true,
  play: async (stage) => {
    const host = firstOf(stage.inventory, workers);
    const { atMs } = await stage.break(slow(host, 5_000));
    await stage.requestsPass(900);
    const late = outOfEveryProxy(stage, workers, host, atMs);
    stage.note(late === undefined ? 'it took traffic throughout' : 'it was taken out for a while');
  },
};

/** As a deployment does it, host by host: out of all proxies before anything is touched. */
export const rollingDeploy: Drill = {
  title: 'services are deployed in turn, each drained first',
  set: 'production',
  about:
    'Drain, restart, enable, on one host after the other: no request and no new connection fails.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    for (const service of [workers, echo]) {
      const { on, port } = serviceOf(inventory.outputs, service);
      for (const host of on) {
        const drain = await stage.break(drainedAtNerve(host, service));
        await goesOut(stage, limits.leaveToOut, drain.atMs, service, host);
        await stage.break(restarted(host, service));
        await answersAgain(inventory, host, port);
        const from = await drain.heal();
        await comesBack(stage, from, service, host);
      }
    }
  },
};

export const lastDrained: Drill = {
  title: 'every instance is drained at one consumer, the last one too',
  set: 'production',
  about: 'A drained instance gets no new request, unless no other is up: then it serves.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const { on, consumers } = serviceOf(inventory.outputs, workers);
    const [consumer = '', ...others] = consumers;
    for (const instance of on) {
      if (instance === on.at(-1)) stage.comeBack();
      const { atMs } = await stage.break(drainedAtSynapse(consumer, workers, instance));
      if (instance === on.at(-1)) continue;
      await goesOut(stage, limits.leaveToOut, atMs, workers, instance, others);
    }
    await stage.requestsPass(200);
  },
};

const burstSize = 300;

export const fullQueue: Drill = {
  title: 'a burst meets instances with room for few requests',
  set: 'production',
  about: 'What finds no room waits in HAProxy, and all of it is answered.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const { localPort, consumers } = serviceOf(inventory.outputs, narrow);
    const url = `http://127.0.0.1:${localPort}/ping`;
    for (const host of consumers) await haproxy(inventory.hosts, host, 'clear counters');
    const answers = await Promise.all(
      consumers.map((host) => burst(inventory.hosts, host, url, burstSize)),
    );
    for (const host of consumers) {
      const { sessionsAtOnce, waitingAtOnce } = await peaksOf(inventory.hosts, host, narrow);
      stage.note(`${host}: ${sessionsAtOnce} at once at most, while ${waitingAtOnce} waited`);
      if (sessionsAtOnce > narrowRoom) throw new Error('an instance was asked too much at once');
      if (waitingAtOnce === 0) throw new Error('nobody had to wait: nothing is proved');
    }
    const all = answers.flat();
    const slowest = Math.max(...all.map(({ ms }) => ms));
    stage.note(`${all.length} requests at one moment, the slowest took ${slowest} ms`);
    stage.judge(limits.failedRequests, all.filter(({ status }) => status !== 200).length);
  },
};

export const reloadKeepsStates: Drill = {
  title: 'HAProxy is reloaded while one server is drained and one is dead',
  set: 'production',
  about: 'The new process keeps both states from its first moment, and cuts no connection.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const [drained = '', dead = '', consumer = ''] = serviceOf(inventory.outputs, workers).on;
    // So that the dead one stays registered: HAProxy alone knows.
    await stage.break(frozen(dead, 'nerve'));
    const kill = await stage.break(killedForGood(dead, workers));
    await goesOut(stage, limits.crashToOut, kill.atMs, workers, dead);
    // What is decided of a service has the states of all its servers saved.
    await stage.break(drainedAtSynapse(consumer, workers, drained));
    const before = stage.watch.proxies(consumer).at(-1)?.pid;
    await stage.break(reloadedByHand(consumer));
    await stage.requestsPass(200);
    const since = stage.watch.proxies(consumer).filter(({ pid }) => ![0, before].includes(pid));
    if (since.length === 0) throw new Error('no other process of HAProxy was seen');
    if (nodesOf(stage, workers, dead).length !== 1)
      throw new Error('the dead one is not registered');
    for (const [what, host] of Object.entries({ drained, dead })) {
      const words = since.map(
        ({ servers }) => servers[serverOf(inventory, workers, host)] ?? 'none',
      );
      if (words.includes('UP')) throw new Error(`the ${what} server took traffic after the reload`);
      stage.note(`the ${what} server: ${[...new Set(words)].join(', ')}`);
    }
  },
};
