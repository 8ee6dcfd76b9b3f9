import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { departedPath } from '../../../../agent/departure.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../../../agent/zookeeper/session.ts';
import { type AclClient, openAclClient } from '../../../support/acl-client.ts';
import { during, eventually } from '../../../support/eventually.ts';
import { createNerveBed, type NerveBed, registrationOf } from '../../../support/nerve-bed.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';
import { accessAs, openSession } from '../../../support/zookeeper-session.ts';

const first = 'smartstack:first secret';
const second = 'smartstack:second secret';
/** `echo -n <identity> | openssl sha1 -binary | base64` */
const owner = {
  first: '31 digest:smartstack:7BEFpkxrZF4LMrQvEKn9HM0rAxk=',
  second: '31 digest:smartstack:0KJSlRNvRph6t+oRw+mEP2ldmVc=',
} as const;
const everybodyReads = '1 world:anyone';
const everybodyWrites = ['31 world:anyone'];

describe('nerve in a registry with owners', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let bed: NerveBed;
  let eye: AclClient;

  before(async () => {
    ensemble = await startEnsemble(1);
  });
  after(() => ensemble.stop());
  beforeEach(async () => {
    bed = await createNerveBed(ensemble.hosts);
    await bed.writeService('web', bed.service());
    // Above the root of each test, for all of them.
    await bed.observer.ensurePath('/test/services');
  });
  afterEach(async () => {
    eye?.close();
    await bed.close();
  });

  const secretFile = (): string => join(bed.directory, 'zookeeper.secret');
  /** `/test/services/<bed>`: other beds have their own. */
  const root = (): string => bed.zkPath.slice(0, bed.zkPath.lastIndexOf('/'));
  const keepSecret = (...identities: readonly string[]): Promise<void> =>
    writeFile(secretFile(), identities.map((one) => `${one}\n`).join(''), { mode: 0o600 });
  const comeWithSecret = (
    zk_acl: 'open' | 'read-only' = 'read-only',
    changes: object = {},
  ): Promise<void> =>
    bed.writeMain({ zk_digest_auth_file: secretFile(), zk_acl, zk_acl_root: root(), ...changes });
  const lookAs = async (identity: string): Promise<void> => {
    eye?.close();
    eye = await openAclClient(ensemble.hosts[0] ?? '', identity);
  };
  const expectAcl = async (acl: readonly string[], child: string): Promise<void> => {
    const wanted = [...acl].sort();
    for (const path of [root(), bed.zkPath, `${bed.zkPath}/${child}`]) {
      await eventually(async () => expect(await eye.aclOf(path), path).to.deep.equal(wanted));
    }
  };
  const outcome = (session: ZooKeeperSession, path: string, kind: 'create' | 'set' | 'delete') => {
    const data = Buffer.from('{}');
    const write = { delete: { kind: 'delete', path }, set: { kind: 'set', path, data } } as const;
    const create = { kind: 'create', path, data, mode: 'ephemeral' } as const;
    return session.commit([kind === 'create' ? create : write[kind]]).then(
      () => 'ok',
      (error: unknown) => (error instanceof ZooKeeperError ? error.code : String(error)),
    );
  };
  /** The node stays the one it is meanwhile: it is always listed, and no other ever is. */
  const whileItStays = async (child: string, work: () => Promise<void>): Promise<void> => {
    await during(work(), async () => {
      expect(Object.keys(await bed.registrations())).to.deep.equal([child]);
    });
    expect(await bed.onlyRegistration(registrationOf(bed))).to.equal(child);
  };

  it('lets strangers read and nothing else, wherever it writes', async () => {
    await keepSecret(second);
    await comeWithSecret();
    await bed.start();
    const child = await bed.onlyRegistration(registrationOf(bed));
    const stranger = bed.observer;
    expect(await outcome(stranger, `${bed.zkPath}/${child}`, 'set')).to.equal('no-auth');
    expect(await outcome(stranger, `${bed.zkPath}/${child}`, 'delete')).to.equal('no-auth');
    expect(await outcome(stranger, `${bed.zkPath}/evil_`, 'create')).to.equal('no-auth');
    expect(await outcome(stranger, `${root()}/evil`, 'create')).to.equal('no-auth');
    bed.backend.respond(500);
    await bed.noRegistration();
    const departed = departedPath(bed.zkPath);
    expect(await stranger.children(departed)).to.have.length(1);
    expect(await outcome(stranger, `${departed}/evil_0`, 'create')).to.equal('no-auth');
    bed.backend.respond(200);
    await bed.onlyRegistration(registrationOf(bed));
    expect(await stranger.children(departed)).to.deep.equal([]);
  });

  it('closes a tree that was open, and opens it again, while the instance stays', async () => {
    const { nerve } = await bed.start();
    const child = await bed.onlyRegistration();
    await lookAs(second);
    await expectAcl(everybodyWrites, child);
    await whileItStays(child, async () => {
      await keepSecret(second);
      await comeWithSecret();
      await nerve.reload();
      await expectAcl([everybodyReads, owner.second], child);
      await comeWithSecret('open');
      await nerve.reload();
      await expectAcl(everybodyWrites, child);
      await bed.writeMain();
      await nerve.reload();
    });
    bed.backend.respond(500);
    await bed.noRegistration();
  });

  it('closes the folder of announcements, too, though nothing is up', async () => {
    const { nerve } = await bed.start();
    await bed.onlyRegistration();
    bed.backend.respond(500);
    await bed.noRegistration();
    await keepSecret(second);
    await comeWithSecret();
    await nerve.reload();
    await lookAs(second);
    for (const path of [bed.zkPath, departedPath(bed.zkPath)]) {
      await eventually(async () =>
        expect(await eye.aclOf(path)).to.deep.equal([everybodyReads, owner.second]),
      );
    }
  });

  it('closes the node that it finds after a restart before its checks have decided', async () => {
    const isBeingRestarted = true;
    const state_path = join(bed.directory, 'nerve.state.json');
    await bed.writeMain({ state_path });
    const { nerve } = await bed.start({ isBeingRestarted });
    const child = await bed.onlyRegistration(registrationOf(bed));
    await nerve.stop();
    await keepSecret(second);
    await comeWithSecret('read-only', { state_path });
    const checks = [{ type: 'http', uri: '/health', timeout: 0.5, fall: 1_000 }];
    await bed.writeService('web', bed.service({ checks }));
    bed.backend.respond(500);
    await whileItStays(child, async () => {
      await bed.start({ isBeingRestarted });
      await lookAs(second);
      await expectAcl([everybodyReads, owner.second], child);
      bed.backend.respond(200);
    });
  });

  it('leaves nodes above its root to others', async () => {
    await keepSecret(second);
    await comeWithSecret();
    await bed.start();
    await bed.onlyRegistration();
    await lookAs(second);
    expect(await eye.aclOf('/test/services')).to.deep.equal(everybodyWrites);
  });

  it('changes its secret in two steps, while the instance stays and owners can write', async () => {
    await keepSecret(first);
    await comeWithSecret();
    const { nerve, logger } = await bed.start();
    const child = await bed.onlyRegistration();
    await lookAs(first);
    await expectAcl([everybodyReads, owner.first], child);
    const formerly = openSession({ hosts: ensemble.hosts, access: accessAs(first) });
    await formerly.connected();
    const elsewhere = (): Promise<string> => outcome(formerly.session, `${root()}/b`, 'create');
    await whileItStays(child, async () => {
      await keepSecret(second, first);
      await nerve.reload();
      await expectAcl([everybodyReads, owner.first, owner.second], child);
      // A host that is not there yet.
      expect(await elsewhere()).to.equal('ok');
      await keepSecret(second);
      await nerve.reload();
      await lookAs(second);
      await expectAcl([everybodyReads, owner.second], child);
    });
    expect(await elsewhere()).to.equal('no-auth');
    await formerly.session.close();
    const connections = logger.lines.filter(({ event }) => event === 'zookeeper-connected');
    expect(connections.map(({ fresh }) => fresh)).to.deep.equal([true, false, false]);
    expect(JSON.stringify(logger.lines)).not.to.include('secret');
  });

  it('says that its secret is the wrong one, goes on, and is right once it has the right one', async () => {
    await keepSecret(first);
    await comeWithSecret();
    const { nerve, logger } = await bed.start();
    const child = await bed.onlyRegistration();
    await whileItStays(child, async () => {
      await keepSecret(second);
      await nerve.reload();
      await eventually(() => expect(logger.events()).to.include('acl-refused'));
    });
    bed.backend.respond(500);
    await eventually(() => {
      const [failure] = logger.lines.filter(({ event }) => event === 'report-failed');
      expect(String(failure?.error)).to.match(/NO_AUTH.*zk_digest_auth, or its file/);
    });
    expect(Object.keys(await bed.registrations())).to.deep.equal([child]);
    await keepSecret(first);
    await nerve.reload();
    await bed.noRegistration();
    expect(JSON.stringify(logger.lines)).not.to.match(/(first|second) secret/);
  });

  it('keeps what runs when the file of its secret is bad', async () => {
    await keepSecret(first);
    await comeWithSecret();
    const { nerve, logger } = await bed.start();
    const child = await bed.onlyRegistration();
    await writeFile(secretFile(), 'second secret\n');
    await nerve.reload();
    expect(nerve.status.rejected).to.deep.equal([
      `${bed.configPath}: zk_digest_auth_file: ${secretFile()}: entry 1 is bad; must be "user:password"`,
    ]);
    expect(JSON.stringify(logger.lines)).not.to.include('second secret');
    bed.backend.respond(500);
    await bed.noRegistration();
    bed.backend.respond(200);
    expect(await bed.onlyRegistration()).not.to.equal(child);
  });
});
