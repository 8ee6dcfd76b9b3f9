import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../../support/eventually.ts';
import { createReleaseBed, type ReleaseBed } from '../../../support/zookeeper-release.ts';

describe('the ZooKeeper release', function () {
  this.timeout(120_000);
  let folder: string;
  let bed: ReleaseBed;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zookeeper-release-'));
    bed = await createReleaseBed(folder);
  });

  after(async () => {
    await bed.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const composed = (): Promise<string> => readFile(join(bed.conf, 'zoo.cfg'), 'utf8');
  const dynamicFile = async (): Promise<string> =>
    /^dynamicConfigFile=(.*)$/m.exec(await composed())?.[1] ?? '';

  it('says what is missing where there are no members', async () => {
    const seed = join(bed.etc, 'zoo.cfg.dynamic.seed');
    await rm(seed);
    const { code, output } = await bed.run('zookeeper-compose-config');
    await bed.seed([bed.line]);
    expect(code).to.equal(1);
    expect(output).to.match(/^zookeeper-compose-config: no members: neither a dynamic file in/);
  });

  it('composes the first configuration from the static part and the seed', async () => {
    expect(await bed.run('zookeeper-compose-config')).to.deep.equal({ code: 0, output: '' });
    expect(await dynamicFile()).to.equal(join(bed.conf, 'zoo.cfg.dynamic'));
    expect(await readFile(await dynamicFile(), 'utf8')).to.equal(`${bed.line}\n`);
  });

  it('goes as far with TLS among members as it is told', async () => {
    const level = join(bed.conf, 'quorum-tls');
    const tls = async (): Promise<readonly string[]> => {
      expect(await bed.run('zookeeper-compose-config')).to.deep.equal({ code: 0, output: '' });
      return (
        (await composed()).match(/^(?:sslQuorum|portUnification|ssl\.quorum\.trust.*)=.*$/gm) ?? []
      );
    };
    const trust = [
      `ssl.quorum.trustStore.location=${join(bed.etc, 'tls/ensemble.pem')}`,
      'ssl.quorum.trustStore.type=PEM',
    ];
    const steps = [
      ['1', 'sslQuorum=false', 'portUnification=true'],
      ['2', 'sslQuorum=true', 'portUnification=true'],
      ['3', 'sslQuorum=true', 'portUnification=false'],
    ];
    for (const [name, ...lines] of steps) {
      await writeFile(level, `${name}\n`);
      expect(await tls()).to.deep.equal([...lines, ...trust]);
    }
    for (const none of ['0', undefined]) {
      if (none === undefined) await rm(level);
      else await writeFile(level, `${none}\n`);
      expect(await tls()).to.deep.equal([]);
    }
  });

  it('reports a server that does not run', async () => {
    const { code, output } = await bed.run('zkServer.sh', { arguments: ['status'] });
    expect(code).to.equal(1);
    expect(output).to.include('Error contacting service. It is probably not running.');
  });

  it('starts, and answers ruok, status and zkCli.sh', async () => {
    await bed.start();
    await eventually(async () => expect(await bed.ask('ruok')).to.equal('imok'), {
      deadlineMs: 30_000,
    });
    await eventually(async () => {
      const { code, output } = await bed.run('zkServer.sh', { arguments: ['status'] });
      expect(output).to.include(`Client port found: ${bed.clientPort}. Client address: 127.0.0.1.`);
      expect(output).to.include('Mode: leader');
      expect(code).to.equal(0);
    });
    expect(await bed.ask('srvr')).to.include('Zookeeper version: 3.9.4');
    expect(
      (await bed.run('zkCli.sh', { arguments: ['-waitforconnection', 'ls', '/'] })).output,
    ).to.match(/^\[zookeeper\]$/m);
  });

  it('keeps the right to change the members to this host', async () => {
    const path = join(bed.conf, 'super');
    const { mode } = await stat(path);
    expect((mode & 0o777).toString(8)).to.equal('600');
    const password = (await readFile(path, 'utf8')).trim();
    expect(password).to.have.lengthOf(32);
    const sha1 = createHash('sha1').update(`super:${password}`).digest('base64');
    const { output } = await bed.run('zkServer.sh', { arguments: ['print-cmd'] });
    expect(output).to.include(`superDigest=super:${sha1} `);
    expect(output).to.not.include(password);
    await bed.run('zookeeper-compose-config');
    expect((await readFile(path, 'utf8')).trim()).to.equal(password);
  });

  it('leaves the members to ZooKeeper from then on', async () => {
    const own = await dynamicFile();
    expect(own).to.match(/zoo\.cfg\.dynamic\.[0-9a-f]+$/);
    const before = await readFile(own, 'utf8');
    await writeFile(join(bed.etc, 'zoo.cfg.dynamic.seed'), 'server.9=127.0.0.1:1:2;3\n');
    await bed.stop();
    await writeFile(
      join(bed.etc, 'zoo.cfg'),
      `${await readFile(join(bed.etc, 'zoo.cfg'))}maxCnxns=9\n`,
    );
    await bed.run('zookeeper-compose-config');
    expect(await dynamicFile()).to.equal(own);
    expect(await readFile(own, 'utf8')).to.equal(before);
    expect(await composed()).to.include('\nmaxCnxns=9\n');
  });

  it('finds the newest dynamic file when the pointer to it is lost', async () => {
    const own = await dynamicFile();
    await writeFile(join(bed.conf, 'zoo.cfg.dynamic.fffff'), 'an older one\n');
    await rm(join(bed.conf, 'zoo.cfg'));
    await bed.run('zookeeper-compose-config');
    expect(await dynamicFile()).to.equal(own);
  });

  it('starts again on what it composed', async () => {
    await bed.start();
    await eventually(async () => expect(await bed.ask('srvr')).to.include('Mode: leader'), {
      deadlineMs: 30_000,
    });
  });
});
