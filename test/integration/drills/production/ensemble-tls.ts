/** Members of the ensemble begin to speak TLS, come and go with it, get another authority, and cease to. */
import { paths, ports } from '../../../../infra/render/paths.ts';
import { broughtUp } from '../../faults/up.ts';
import type { Drill, Stage } from '../../harness/drill.ts';
import { type Inventory, serviceOf, takeInventory } from '../../harness/inventory.ts';
import { judgeRegistrations } from '../../harness/unchanged.ts';
import { firstOf } from '../../harness/who.ts';
import { fourLetterWord } from '../../support/probes.ts';
import { askOverTls, isOpen } from '../../support/tls-client.ts';
import { secured, workers } from '../catalog/services.ts';
import { joinAndLeave, threeAndFive, withoutMachinesToSpare } from './members.ts';

export const ensembleTlsTurnedOnAndOff: Drill = {
  title: 'TLS of the ensemble is turned on under traffic, and off again',
  set: 'production',
  about:
    'By the catalog: no request lost, no registration moved; no stranger gets in meanwhile. Two ' +
    'members join with it, and leave; another authority takes the place of the one that is there.',
  quick: false,
  cannot: ({ members }) =>
    members.length === 3 ? undefined : `the ensemble has ${members.length} member(s), not 3`,
  play: async (stage) => {
    const { inventory } = stage;
    const { members, serviceHosts } = inventory;
    const from = Date.now();
    const { heal } = await stage.break(
      broughtUp({
        what: 'TLS of the ensemble is turned on',
        hosts: [...members, ...serviceHosts],
        restarts: members.map((host) => ({ host, unit: 'zookeeper' })),
        catalog: 'ensemble-tls-on.ts',
        // It is turned off first, and not spoken of after that.
        back: ['ensemble-tls-off.ts', 'catalog.ts'],
      }),
    );
    await strangersStayOutside(inventory);
    await sessionsAreInside(stage);
    await stage.requestsPass(300);
    if (withoutMachinesToSpare(inventory) === undefined) await membersComeAndGo(stage);
    await authorityReplaced(stage);
    await heal();
    await plainAgain(inventory);
    await stage.requestsPass(300);
    judgeRegistrations(stage, workers, from);
  },
};

async function membersComeAndGo(stage: Stage): Promise<void> {
  const growth = broughtUp({
    what: 'two members join over TLS',
    hosts: ['zookeeper4', 'zookeeper5'],
    catalog: 'five-members-tls.ts',
    back: ['ensemble-tls-on.ts'],
  });
  await joinAndLeave(stage, growth, threeAndFive, async () => {
    const grown = await takeInventory(stage.inventory.stack);
    try {
      await strangersStayOutside(grown);
    } finally {
      grown.hosts.close();
    }
  });
}

/** In three steps, and back by the same. */
async function authorityReplaced(stage: Stage): Promise<void> {
  const { inventory } = stage;
  const { hosts, members, serviceHosts } = inventory;
  const from = firstOf(inventory, workers);
  const old = `${paths.hostCertificate}.old`;
  const heals: (() => Promise<number>)[] = [];
  await hosts.run(from, `cp -p ${paths.hostCertificate} ${old}`);
  try {
    let before = 'ensemble-tls-on.ts';
    for (const authorities of ['1-2', '2-1', '2']) {
      const catalog = `ensemble-tls-authorities-${authorities}.ts`;
      const { heal } = await stage.break(
        broughtUp({
          what: `authorities ${authorities}`,
          hosts: [...members, ...serviceHosts],
          restarts: members.map((host) => ({ host, unit: 'zookeeper' })),
          reloads: serviceHosts,
          catalog,
          back: [before],
        }),
      );
      heals.unshift(heal);
      before = catalog;
    }
    await strangersStayOutside(inventory, [old]);
    await sessionsAreInside(stage);
    await stage.requestsPass(300);
  } finally {
    await hosts.run(from, `rm -f ${old}`);
  }
  for (const heal of heals) await heal();
}

/** `refused`: files of certificates that are good no more. */
async function strangersStayOutside(
  inventory: Inventory,
  refused: readonly string[] = [],
): Promise<void> {
  const { hosts, outputs, members } = inventory;
  const from = firstOf(inventory, workers);
  const authority = paths.ensembleAuthority;
  const certificate = paths.hostCertificate;
  for (const member of members) {
    const host = hosts.address(member);
    if (await isOpen(hosts, from, host, ports.zookeeper)) {
      throw new Error(`${member} takes clients without TLS from ${from}`);
    }
    const ask = (port: number, own?: string): Promise<string> =>
      askOverTls(hosts, from, {
        ...{ host, port, authority },
        ...(own === undefined ? {} : { certificate: own }),
      });
    const { zookeeperTls: door, zookeeperElection: election } = ports;
    expectOf(`${member} and a client with a certificate`, 'imok', await ask(door, certificate));
    expectOf(`${member} and a client without`, 'refused', await ask(door));
    for (const one of refused) expectOf(`${member} and ${one}`, 'refused', await ask(door, one));
    expectOf(`${member} and a host as a member`, 'refused', await ask(election, certificate));
  }
  // Another host answers with its own certificate, which is good for services.
  const [other = ''] = serviceOf(outputs, secured).on.filter((name) => name !== from);
  const { tlsPort = 0 } = serviceOf(outputs, secured);
  const posing = { host: hosts.address(other), port: tlsPort, authority, certificate };
  expectOf(`${other} for a member`, 'verify error', await askOverTls(hosts, from, posing));
}

function expectOf(what: string, wanted: string, said: string): void {
  if (!said.includes(wanted)) throw new Error(`${what}: ${wanted} is missing in: ${said}`);
}

/** nerve's and synapse's on each host, through its tunnel and nowhere else. */
async function sessionsAreInside(stage: Stage): Promise<void> {
  const { hosts, serviceHosts } = stage.inventory;
  for (const host of serviceHosts) {
    await stage.until(`sessions of ${host} over TLS`, async () => {
      const count = async (port: number): Promise<number> =>
        Number(await hosts.run(host, `ss -Htn state established dport = :${port} | wc -l`));
      const [plain, tls] = [await count(ports.zookeeper), await count(ports.zookeeperTls)];
      if (plain > 0 || tls < 2) throw new Error(`${plain} go without it, ${tls} with it`);
    });
  }
}

async function plainAgain(inventory: Inventory): Promise<void> {
  const { hosts, members } = inventory;
  const from = firstOf(inventory, workers);
  for (const member of members) {
    const host = hosts.address(member);
    if (!(await isOpen(hosts, from, host, ports.zookeeper))) {
      throw new Error(`${member} takes no clients from ${from}`);
    }
    if (await isOpen(hosts, from, host, ports.zookeeperTls)) {
      throw new Error(`${member} still has a door`);
    }
    const conf = await fourLetterWord(hosts, member, 'conf');
    if (conf.includes('127.0.0.1')) throw new Error(`${member} still keeps clients out: ${conf}`);
    const level = await hosts.run(member, 'cat /var/lib/zookeeper/conf/quorum-tls || true');
    if (level !== '0') throw new Error(`${member} still speaks TLS with others: ${level}`);
  }
}
