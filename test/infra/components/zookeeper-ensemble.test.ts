import { expect } from 'chai';
import type { Catalog } from '../../../infra/catalog/schema.ts';
import { ZookeeperEnsemble } from '../../../infra/components/zookeeper-ensemble.ts';
import { ZookeeperMember } from '../../../infra/components/zookeeper-member.ts';
import { type Membership, planMembership } from '../../../infra/membership.ts';
import { memberLines, zookeeperFiles } from '../../../infra/render/zookeeper.ts';
import { type RecordedResource, recordResources } from '../../support/pulumi-recorder.ts';
import { tutorialCatalog, tutorialHosts } from '../../support/tutorial.ts';

type Resources = ReadonlyMap<string, RecordedResource>;

/** Ids of the catalog are 11 for zookeeper1, 12 for zookeeper2, … */
function catalogOf(members: readonly string[]): Catalog {
  const hosts = members.map((name) => [
    name,
    { id: 10 + Number(name.at(-1)), roles: ['zookeeper' as const] },
  ]);
  return { ...tutorialCatalog(), hosts: Object.fromEntries(hosts) };
}

async function ensembleOf(
  names: readonly string[],
  last?: Membership,
  tls?: boolean,
): Promise<{ readonly resources: Resources; readonly next: Membership }> {
  const catalog = catalogOf(names);
  const hosts = tutorialHosts(catalog);
  const addresses = hosts.map(({ name, address }) => [name, address] as const);
  const environment = { catalog, addresses: new Map(addresses) };
  const zookeeper = { hash: '2ee', path: import.meta.filename };
  const { next, mayFound } = planMembership(last, Object.fromEntries(addresses));
  const program = (): void => {
    const members = hosts.map((host) => {
      const files = zookeeperFiles(environment, host.name, mayFound);
      return new ZookeeperMember({ host, files, zookeeper, heapMb: 128, speaksTls: tls });
    });
    new ZookeeperEnsemble({
      environment: 'tutorial',
      members,
      bySeniority: next.members,
      lines: memberLines(environment, 'participant'),
      tls,
    });
  };
  // A file says when its content changed last.
  const resources = await recordResources(program, {
    outputs: ({ name, inputs }) => (name.includes('/etc/') ? { stdout: inputs.stdin } : {}),
  });
  return { resources, next };
}

/** Names of the resources whose inputs differ, that are new, or that go. */
function difference(before: Resources, after: Resources): Readonly<Record<string, string[]>> {
  const inputs = (resources: Resources, name: string): string =>
    JSON.stringify(resources.get(name)?.inputs);
  const names = [...before.keys()].filter((name) => after.has(name));
  return {
    updated: names.filter((name) => inputs(before, name) !== inputs(after, name)).sort(),
    created: [...after.keys()].filter((name) => !before.has(name)).sort(),
    deleted: [...before.keys()].filter((name) => !after.has(name)).sort(),
  };
}

const three = ['zookeeper1', 'zookeeper2', 'zookeeper3'];
const five = ['zookeeper0', ...three, 'zookeeper4'];
const seeds = three.map((host) => `${host}/etc/zookeeper/zoo.cfg.dynamic.seed`);

/** What it waits for, but for the member's own files. */
function turnBefore(resources: Resources, name: string): readonly string[] | undefined {
  return resources.get(name)?.dependsOn.filter((one) => !one.includes('/etc/'));
}

describe('ZookeeperEnsemble', () => {
  let resources: Resources;
  let membership: Membership;

  before(async () => {
    ({ resources, next: membership } = await ensembleOf(three));
  });

  it('changes members when all that are new have started, and rolls when it has', () => {
    expect(resources.get('ensemble/membership')?.dependsOn).to.have.members(
      three.map((host) => `${host}/zookeeper.service`),
    );
    expect(turnBefore(resources, 'zookeeper1/roll-followers')).to.deep.equal([
      'ensemble/membership',
    ]);
  });

  it('starts a member when all its files are there, the seed among them', () => {
    expect(resources.get('zookeeper1/zookeeper.service')?.dependsOn).to.include.members([
      'zookeeper1/etc/zookeeper/zoo.cfg',
      'zookeeper1/etc/zookeeper/zoo.cfg.dynamic.seed',
    ]);
  });

  it('rolls a change one member at a time, whoever leads last (law 9)', () => {
    const order = [
      ...three.map((host) => `${host}/roll-followers`),
      ...three.map((host) => `${host}/roll-leader`),
    ];
    for (const [index, name] of order.entries()) {
      const before = order[index - 1];
      if (before !== undefined) expect(turnBefore(resources, name)).to.deep.equal([before]);
    }
  });

  it('never restarts a member outside of the roll', () => {
    const restarts = [...resources.values()]
      .filter(({ inputs }) => String(inputs.create).includes('systemctl restart zookeeper'))
      .map(({ name }) => name.split('/')[1]);
    expect(new Set(restarts)).to.deep.equal(new Set(['roll-followers', 'roll-leader']));
  });

  it('moves a member to a release in its turn, and one that does not run as it is started', () => {
    for (const what of ['zookeeper.service', 'roll-followers', 'roll-leader']) {
      const script = String(resources.get(`zookeeper2/${what}`)?.inputs.create);
      expect(script).to.include("RELEASE='\\''/opt/zookeeper/releases/2ee'\\''");
      expect(script.indexOf('switch_to "$RELEASE"')).to.be.lessThan(
        script.lastIndexOf('systemctl'),
      );
    }
    const installed = String(resources.get('zookeeper2/release/zookeeper')?.inputs.create);
    expect(installed).to.include('[ -n "$before" ] || switch_to');
  });

  it('waits for a whole quorum before and after each restart', () => {
    const script = String(resources.get('zookeeper2/roll-leader')?.inputs.create);
    const restart = script.indexOf('systemctl restart zookeeper');
    expect(script.lastIndexOf('await_whole', restart)).to.be.above(
      script.indexOf('applied=/var/lib'),
    );
    expect(script.indexOf('await_whole', restart)).to.be.above(restart);
  });

  it('tells ZooKeeper who the members are, each with a vote', () => {
    expect(resources.get('ensemble/membership')?.inputs.stdin).to.equal(
      'server.11=192.0.2.11:2888:3888:participant;0.0.0.0:2181\n' +
        'server.12=192.0.2.12:2888:3888:participant;0.0.0.0:2181\n' +
        'server.13=192.0.2.13:2888:3888:participant;0.0.0.0:2181\n',
    );
  });

  it('forgets what it did last before it changes members: a failed change leaves nothing to trust', () => {
    const membership = resources.get('ensemble/membership');
    expect(membership?.inputs.triggers).to.deep.equal([membership?.inputs.stdin]);
    expect(membership?.options.deleteBeforeReplace).to.equal(true);
    expect(membership?.inputs).to.not.have.property('delete');
  });

  it('changes nothing the second time', async () => {
    const again = await ensembleOf(three, membership);
    const nothing = { updated: [], created: [], deleted: [] };
    expect(difference(resources, again.resources)).to.deep.equal(nothing);
    const grown = await ensembleOf(five, membership);
    const grownAgain = await ensembleOf(five, grown.next);
    expect(difference(grown.resources, grownAgain.resources)).to.deep.equal(nothing);
  });

  it('grows by what is new, what a new member would start with, and one change', async () => {
    const { updated, created, deleted } = difference(
      resources,
      (await ensembleOf(five, membership)).resources,
    );
    expect(updated).to.deep.equal(['ensemble/membership', ...seeds].sort());
    expect(new Set(created?.map((name) => name.split('/')[0]))).to.deep.equal(
      new Set(['zookeeper0', 'zookeeper4']),
    );
    expect(deleted).to.deep.equal([]);
  });

  it('has the next in age change the members when the eldest goes', async () => {
    const changed = await ensembleOf(['zookeeper4', 'zookeeper2', 'zookeeper3'], membership);
    const { updated, created, deleted } = difference(resources, changed.resources);
    const { connection } = changed.resources.get('ensemble/membership')?.inputs ?? {};
    expect(JSON.stringify(connection)).to.include('"host":"192.0.2.12"');
    expect(updated).to.deep.equal(['ensemble/membership', ...seeds.slice(1)]);
    expect(new Set(created?.map((name) => name.split('/')[0]))).to.deep.equal(
      new Set(['zookeeper4']),
    );
    expect(new Set(deleted?.map((name) => name.split('/')[0]))).to.deep.equal(
      new Set(['zookeeper1']),
    );
  });
  describe('where the catalog tells of TLS', () => {
    const turns = ['roll-tls-1', 'roll-tls-2', 'roll'];
    const order = turns.flatMap((turn) =>
      ['followers', 'leader'].flatMap((pass) => three.map((host) => `${host}/${turn}-${pass}`)),
    );
    const ranges = (of: Resources): readonly string[] =>
      order.map((name) => {
        const script = String(of.get(name)?.inputs.create);
        const number = (key: string) => new RegExp(`${key}=\\D*(\\d)`).exec(script)?.[1];
        return `${number('AT_LEAST')}${number('AT_MOST')}`;
      });

    it('rolls three times, each when all have done the step before', async () => {
      const { resources: on } = await ensembleOf(three, membership, true);
      for (const [index, name] of order.entries()) {
        const before = order[index - 1] ?? 'ensemble/membership';
        expect(turnBefore(on, name)).to.deep.equal([before]);
      }
      expect(ranges(on)).to.deep.equal([
        ...Array(6).fill('13'),
        ...Array(6).fill('23'),
        ...Array(6).fill('33'),
      ]);
      const { resources: off } = await ensembleOf(three, membership, false);
      expect(ranges(off)).to.deep.equal([
        ...Array(6).fill('02'),
        ...Array(6).fill('01'),
        ...Array(6).fill('00'),
      ]);
    });

    it('does all of it again from where one way turns into the other', async () => {
      const { resources: on } = await ensembleOf(three, membership, true);
      const { resources: off } = await ensembleOf(three, membership, false);
      for (const name of order) {
        expect(on.get(name)?.inputs.triggers).to.deep.equal(['TLS on']);
        expect(off.get(name)?.inputs.triggers).to.deep.equal(['TLS off']);
        expect(on.get(name)?.options.deleteBeforeReplace).to.equal(true);
        expect(String(on.get(name)?.inputs.stdin)).to.match(/^after /m);
      }
    });

    it('starts a new member where the others are, and one of a silent catalog not beyond them', async () => {
      const levelOf = async (tls?: boolean): Promise<string | undefined> => {
        const { resources: some } = await ensembleOf(three, membership, tls);
        const script = String(some.get('zookeeper1/zookeeper.service')?.inputs.create);
        return /LEVEL=\D*?(\d?)\W*\n/.exec(script)?.[1];
      };
      expect(await levelOf(true)).to.equal('3');
      expect(await levelOf(false)).to.equal('0');
      expect(await levelOf()).to.equal('');
    });
  });

  it('says nothing of TLS where the catalog does not', () => {
    expect([...resources.keys()].filter((name) => name.includes('tls'))).to.deep.equal([]);
    for (const host of three) {
      const { inputs } = resources.get(`${host}/roll-followers`) ?? expect.fail();
      expect(inputs).not.to.have.property('triggers');
      expect(String(inputs.stdin)).not.to.match(/^after/m);
    }
  });
});
