/** How an ensemble changes, with the programs of the release and real servers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../../support/eventually.ts';
import {
  createReleaseBed,
  type ReleaseBed,
  type Said,
} from '../../../support/zookeeper-release.ts';
import { type ObservedSession, openSession } from '../../../support/zookeeper-session.ts';

describe('the members of an ensemble', function () {
  this.timeout(180_000);
  let folder: string;
  const beds: ReleaseBed[] = [];
  let client: ObservedSession | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zookeeper-members-'));
    for (const id of [1, 2, 3, 4, 5]) {
      beds.push(await createReleaseBed(join(folder, `${id}`), id));
    }
  });

  after(async () => {
    await client?.session.close();
    await Promise.all(beds.map((bed) => bed.stop('SIGKILL')));
    await rm(folder, { recursive: true, force: true });
  });

  const member = (id: number): ReleaseBed => {
    const found = beds.find((bed) => bed.id === id);
    return found ?? expect.fail(`no member ${id}`);
  };
  const lines = (ids: readonly number[]): readonly string[] => ids.map((id) => member(id).line);

  /** As the program renders it for members of an ensemble that was changed since its founding. */
  const seedOf = (ids: readonly number[]): readonly string[] =>
    lines(ids).map((line) => line.replace(':participant;', ':observer;'));

  async function startNew(id: number, ids: readonly number[]): Promise<Said> {
    await member(id).seed(seedOf(ids));
    return await member(id).start();
  }

  const change = (from: number, ids: readonly number[]): Promise<Said> =>
    member(from).run('zookeeper-change-members', {
      input: lines(ids)
        .map((line) => `${line}\n`)
        .join(''),
    });

  /** The ids that have a vote, as a member sees it. */
  async function votersSeenBy(id: number): Promise<readonly number[]> {
    const seen = await member(id).ask('conf');
    return [...seen.matchAll(/^server\.(\d+)=.*:participant;/gm)].map(([, voter]) => Number(voter));
  }

  const stateOf = async (id: number): Promise<string | undefined> =>
    /^zk_server_state\t(\w+)$/m.exec(await member(id).ask('mntr'))?.[1];

  async function serving(id: number): Promise<void> {
    await eventually(async () => expect(await stateOf(id)).to.be.oneOf(['leader', 'follower']), {
      deadlineMs: 60_000,
    });
  }

  async function leaderAmong(ids: readonly number[]): Promise<number> {
    return await eventually(async () => {
      for (const id of ids) if ((await stateOf(id)) === 'leader') return id;
      throw new Error('no leader');
    });
  }

  it('is founded by nobody but its founders', async () => {
    const { code, output } = await startNew(2, [1, 2, 3]);
    expect(code).to.equal(1);
    expect(output).to.equal(
      'zookeeper-compose-config: this member has no data yet and joins an ensemble, of which no ' +
        'member serves: start them (127.0.0.1 127.0.0.1 127.0.0.1)\n',
    );
    expect(await member(1).start()).to.deep.equal({ code: 0, output: '' });
    await serving(1);
    client = openSession({ hosts: beds.map(({ clientPort }) => `127.0.0.1:${clientPort}`) });
    await client.connected();
    await client.session.commit([
      { kind: 'create', path: '/registered', data: Buffer.from('here'), mode: 'ephemeral' },
    ]);
  });

  it('shows who joins what there is, and gives nobody a vote of his own accord', async () => {
    for (const id of [2, 3]) expect(await startNew(id, [1, 2, 3])).to.have.property('code', 0);
    for (const id of [2, 3]) await serving(id);
    for (const id of [1, 2, 3]) expect(await votersSeenBy(id)).to.deep.equal([1]);
    expect(await member(1).run('zookeeper-await-whole')).to.deep.equal({ code: 0, output: '' });
  });

  it('takes one that starts again before it has a vote', async () => {
    await member(3).stop();
    expect(await member(3).start()).to.have.property('code', 0);
    await serving(3);
    expect(await votersSeenBy(3)).to.deep.equal([1]);
  });

  it('grows from 1 to 3, one at a time', async () => {
    const { code, output } = await change(1, [1, 2, 3]);
    expect(output).to.equal('member 2 (127.0.0.1) joins\nmember 3 (127.0.0.1) joins\n');
    expect(code).to.equal(0);
    for (const id of [1, 2, 3]) expect(await votersSeenBy(id)).to.deep.equal([1, 2, 3]);
    expect(await change(1, [1, 2, 3])).to.deep.equal({ code: 0, output: '' });
  });

  it('waits for one that joins, and says who does not come', async () => {
    const { code, output } = await change(2, [1, 2, 3, 4]);
    expect(code).to.equal(1);
    expect(output).to.include(
      'zookeeper-change-members: member 4 (127.0.0.1) does not follow the ensemble yet: ' +
        'look at its zookeeper.service\n',
    );
    expect(await votersSeenBy(1)).to.deep.equal([1, 2, 3]);
  });

  it('grows from 3 to 5, also where it was interrupted on the way and by another member', async () => {
    for (const id of [4, 5])
      expect(await startNew(id, [1, 2, 3, 4, 5])).to.have.property('code', 0);
    for (const id of [4, 5]) await serving(id);
    expect(await change(2, [1, 2, 3, 4])).to.have.property('code', 0);
    expect(await change(3, [1, 2, 3, 4, 5])).to.have.property('code', 0);
    for (const id of [1, 2, 3, 4, 5]) {
      await eventually(async () => expect(await votersSeenBy(id)).to.deep.equal([1, 2, 3, 4, 5]));
    }
    expect(await member(4).run('zookeeper-await-whole')).to.deep.equal({ code: 0, output: '' });
  });

  it('changes nothing while one that is to stay is away', async () => {
    await member(5).stop('SIGKILL');
    const { code, output } = await change(1, [1, 2, 3, 5]);
    expect(code).to.equal(1);
    expect(output).to.match(
      /^zookeeper-change-members: no service from member 5 \(127\.0\.0\.1\); 1 leader, 3 followers, 3 of them in step: no member leaves before all that stay serve; start them, or take them out of the catalog$/m,
    );
    expect(await votersSeenBy(1)).to.deep.equal([1, 2, 3, 4, 5]);
    expect((await member(1).run('zookeeper-await-whole')).output).to.match(
      /^the ensemble is not whole: no service from member 5 \(127\.0\.0\.1\); /,
    );
  });

  it('tells whether the others would do without one, dead or alive', async () => {
    const without = (id: number): Promise<Said> =>
      member(1).run('zookeeper-await-whole', { arguments: [`${id}`] });
    expect(await without(5)).to.deep.equal({ code: 0, output: '' });
    const { code, output } = await without(4);
    expect(code).to.equal(1);
    expect(output).to.match(/^the ensemble is not whole: no service from member 5 /);
  });

  it('takes back a member whose host was made anew', async () => {
    await member(5).lose();
    expect(await member(5).start()).to.have.property('code', 0);
    await serving(5);
    expect(await member(1).run('zookeeper-await-whole')).to.deep.equal({ code: 0, output: '' });
  });

  it('lets a dead one go', async () => {
    await member(5).stop('SIGKILL');
    expect(await change(1, [1, 2, 3, 4])).to.have.property('code', 0);
    expect(await votersSeenBy(1)).to.deep.equal([1, 2, 3, 4]);
  });

  it('replaces a dead one by another, and shrinks by one that lives', async () => {
    await member(4).stop('SIGKILL');
    await member(5).lose();
    expect(await startNew(5, [1, 2, 3, 5])).to.have.property('code', 0);
    await serving(5);
    expect(await change(1, [1, 2, 3, 5])).to.deep.equal({
      code: 0,
      output: 'member 4 (127.0.0.1) leaves\nmember 5 (127.0.0.1) joins\n',
    });
    expect(await change(1, [1, 2, 5])).to.have.property('code', 0);
    await eventually(async () => expect(await votersSeenBy(5)).to.deep.equal([1, 2, 5]));
  });

  it('lets one that was removed look on until it is stopped', async () => {
    await member(3).stop();
    expect(await member(3).start()).to.have.property('code', 0);
    await serving(3);
    expect(await votersSeenBy(3)).to.deep.equal([1, 2, 5]);
    await member(3).stop();
  });

  it('shrinks to 1, whoever leads last', async () => {
    const leader = await leaderAmong([1, 2, 5]);
    const last = [1, 2, 5].find((id) => id !== leader) ?? expect.fail('no follower');
    const { code, output } = await change(last, [last]);
    const follower = [1, 2, 5].find((id) => id !== leader && id !== last);
    expect(output).to.equal(
      `member ${follower} (127.0.0.1) leaves\nmember ${leader} (127.0.0.1) leaves\n`,
    );
    expect(code).to.equal(0);
    await serving(last);
    expect(await votersSeenBy(last)).to.deep.equal([last]);
    for (const bed of beds) if (bed.id !== last) await bed.stop();
    await serving(last);
    expect(await member(last).run('zookeeper-await-whole')).to.deep.equal({ code: 0, output: '' });
  });

  it('has kept every session and what was registered in it, all along', async () => {
    await client?.connected();
    expect((await client?.session.read('/registered'))?.data.toString()).to.equal('here');
    const fresh = client?.states.filter((state) => state.kind === 'connected' && state.fresh);
    expect(fresh).to.have.lengthOf(1);
  });
});
