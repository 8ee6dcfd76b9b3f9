/** Networks that lose packets, in one way or the other. */
import { type Partition, partitioned, withoutNftables } from '../../faults/partition.ts';
import type { Drill } from '../../harness/drill.ts';
import { serverOf } from '../../harness/inventory.ts';
import { type Limit, limits } from '../../harness/limits.ts';
import { nodeGone, nodesOf, serverOut } from '../../harness/moments.ts';
import { either, leaderOf, withoutQuorumToSpare } from '../../harness/who.ts';
import { workers } from '../catalog/services.ts';

type Way = Pick<Partition, 'ways' | 'how'>;

/** nerve's session ends at the ensemble; the instances are well, and everybody reaches them. */
function fromZookeeper(
  title: string,
  quick: boolean,
  way: Way,
  gone: Limit = limits.nerveGone,
): Drill {
  return {
    title: `a host is cut from ZooKeeper: ${title}`,
    set: 'production',
    about: 'Its registrations go with its session, no request does; all is right after it.',
    quick,
    cannot: withoutNftables,
    recovers: limits.registryBack,
    play: async (stage) => {
      const { members, serviceHosts } = stage.inventory;
      const [host = ''] = serviceHosts;
      const [node = ''] = nodesOf(stage, workers, host);
      const cut = partitioned({
        ...way,
        what: `cut from ZooKeeper (${title})`,
        ...{ host, from: members, port: 2_181 },
      });
      const { atMs } = await stage.break(cut);
      stage.times({
        detectedMs: await stage.within(gone, atMs, () => nodeGone(stage, workers, node)),
      });
      await stage.requestsPass(150);
    },
  };
}

const inFlightMs = 2_000;

/** What was on its way there is lost, and nothing that is sent later than two seconds after it. */
function fromHost(title: string, quick: boolean, way: Way): Drill {
  return {
    title: `two hosts are cut from each other: ${title}`,
    set: 'production',
    about: 'Each finds that the other is gone, and goes on with the rest.',
    quick,
    cannot: withoutNftables,
    recovers: limits.registryBack,
    play: async (stage) => {
      const [host = '', other = ''] = stage.inventory.serviceHosts;
      const { atMs } = await stage.break(
        partitioned({ ...way, what: `cut from ${other} (${title})`, host, from: [other] }),
      );
      stage.expect({
        failures: [
          { limit: limits.failedLater, counts: (record) => record.atMs > atMs + inFlightMs },
          {
            limit: limits.failedElsewhere,
            counts: (record) => ![host, other].includes(record.host),
          },
        ],
      });
      // What one of them cannot reach, its proxy must not have: else nothing was cut.
      const server = serverOf(stage.inventory, workers, other);
      await stage.until('the proxy there is without the other host', () => {
        const out = serverOut(stage, [host], server, atMs);
        if (out === undefined) throw new Error('not yet');
        stage.times({ trafficMovedMs: out - atMs });
      });
      await stage.requestsPass(1_200);
    },
  };
}

export const partitions: readonly Drill[] = [
  fromZookeeper('silence', true, { how: 'drop' }),
  fromZookeeper('resets', false, { how: 'reset', ways: 'out' }),
  fromZookeeper('what it says is lost, what it hears is not', false, { ways: 'out' }),
  fromZookeeper(
    'what it hears is lost, what it says is not',
    false,
    { ways: 'in' },
    limits.nerveDeaf,
  ),
  fromHost('silence', true, { how: 'drop' }),
  fromHost('resets', false, { how: 'reset' }),
  fromHost('one way only', false, { ways: 'in' }),
];

export const leaderCutOff: Drill = {
  title: 'the leader of the ensemble is cut from its followers',
  set: 'production',
  about: 'The followers elect another; clients of the old leader move.',
  quick: true,
  cannot: either(withoutQuorumToSpare, withoutNftables),
  recovers: limits.registryBack,
  play: async (stage) => {
    const { inventory } = stage;
    const leader = await leaderOf(inventory);
    const from = inventory.members.filter((member) => member !== leader);
    await stage.break(partitioned({ what: 'cut from its followers', host: leader, from }));
    await stage.until('another leader', async () => {
      if ((await leaderOf(inventory)) === leader) throw new Error('it still leads');
    });
    await stage.requestsPass(200);
  },
};
