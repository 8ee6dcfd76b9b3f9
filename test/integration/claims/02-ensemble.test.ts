import { expect } from 'chai';
import { eventually } from '../support/poll.ts';
import { fourLetterWord, mainPid, modeOf } from '../support/probes.ts';
import { readData, readFolder } from '../support/registry.ts';
import { measured, openSession, type Session } from '../support/session.ts';

describe('the ensemble', () => {
  let session: Session;
  let members: readonly string[];

  before(async () => {
    session = await openSession();
    members = session.hosts.with('zookeeper');
  });
  after(() => session.hosts.close());

  it('has one leader, the others follow', async () => {
    const modes = await Promise.all(members.map((name) => modeOf(session.hosts, name)));
    expect(modes.sort()).to.deep.equal(['follower', 'follower', 'leader']);
  });

  it('has the ids of the catalog, purges old snapshots, keeps data outside its package', async () => {
    for (const name of members) {
      const conf = await fourLetterWord(session.hosts, name, 'conf');
      expect(conf).to.include(`serverId=${session.outputs.hosts[name]?.id}`);
      expect(conf).to.match(/^dataDir=\/var\/lib\/zookeeper\/data/m);
      const file = await session.hosts.run(name, 'cat /var/lib/zookeeper/conf/zoo.cfg');
      expect(file).to.match(/^autopurge\.purgeInterval=[1-9]/m);
    }
  });

  it('answers ruok, zkServer.sh status and zkCli.sh', async () => {
    for (const name of members) {
      expect(await fourLetterWord(session.hosts, name, 'ruok')).to.equal('imok');
      const status = await session.hosts.run(name, '/opt/zookeeper/current/bin/zkServer.sh status');
      expect(status).to.match(/Mode: (leader|follower)/);
      const { children } = await readFolder(session.hosts, name, '/');
      expect(children).to.include(session.outputs.environment);
    }
  });

  it('holds one registration per instance, named and filled as designed', async () => {
    const [member = ''] = members;
    for (const [service, { zkPath, on, port }] of Object.entries(session.outputs.services)) {
      expect(zkPath).to.equal(`/${session.outputs.environment}/services/${service}/services`);
      const { value } = await eventually(15_000, async () => {
        const { children } = await readFolder(session.hosts, member, zkPath);
        expect(children.map((child) => child.replace(/_\d{10}$/, ''))).to.deep.equal(
          [...on].sort(),
        );
        return children;
      });
      for (const child of value) {
        const name = child.replace(/_\d{10}$/, '');
        const host = session.hosts.address(name);
        const registration = JSON.parse(
          await readData(session.hosts, member, `${zkPath}/${child}`),
        );
        expect(registration).to.deep.equal({ host, port, name });
      }
    }
  });

  it('is whole again by itself after a kill -9 of any member', async () => {
    for (const name of members) {
      const pid = await mainPid(session.hosts, name, 'zookeeper');
      await session.hosts.run(name, `kill -9 ${pid}`);
      const { ms } = await eventually(60_000, async () => {
        expect(await mainPid(session.hosts, name, 'zookeeper')).to.not.be.oneOf(['0', pid]);
        const modes = await Promise.all(members.map((other) => modeOf(session.hosts, other)));
        expect(modes.sort()).to.deep.equal(['follower', 'follower', 'leader']);
      });
      measured(`kill -9 of ZooKeeper on ${name} to a whole ensemble`, `${Math.round(ms)} ms`);
    }
  });
});
