import { X509Certificate } from 'node:crypto';
import { output } from '@pulumi/pulumi';
import { expect } from 'chai';
import {
  CertificateAuthority,
  EnsembleAuthority,
  type HostTls,
} from '../../../infra/components/certificate-authority.ts';
import { EngineHarness } from '../engine/harness.ts';

const names = ['web.services.test.smartstack'];
const dayMs = 86_400_000;

/** The built-in engine runs the real program that makes certificates. */
describe('CertificateAuthority', function () {
  this.timeout(60_000);
  let harness: EngineHarness;

  beforeEach(() => {
    harness = new EngineHarness();
  });
  afterEach(() => harness.remove());

  interface Seen {
    readonly files: Record<string, string>;
    issue?: string;
  }
  interface Wanted {
    /** From now. */
    readonly days?: number;
    readonly own?: readonly string[];
    readonly authorities?: readonly number[];
  }
  /** What a host gets, by the file's name. */
  const program =
    (seen: Seen, { days = 0, own = names, authorities = [1] }: Wanted = {}) =>
    async () => {
      const now = new Date(Date.now() + days * dayMs);
      const authority = new CertificateAuthority({ environment: 'test', authorities, now });
      const tls: HostTls = authority.hostTls('one', own);
      tls.issue.apply((issue) => {
        seen.issue = issue;
      });
      for (const { path, content } of tls.files) {
        output(content).apply((text) => {
          seen.files[path] = text;
        });
      }
    };
  const up = async (wanted: Wanted = {}): Promise<{ told: readonly string[] } & Seen> => {
    const seen: Seen = { files: {} };
    const run = await harness.run('up', program(seen, wanted));
    expect(run.programErrors).to.deep.equal([]);
    const texts = JSON.stringify([run.events, run.outputs, harness.stateText()]);
    expect(texts).not.to.include('PRIVATE KEY');
    return { told: run.told.filter((line) => !line.startsWith('unchanged')), ...seen };
  };
  const hostFile = ({ files }: Seen): string => files['/etc/smartstack/tls/host.pem'] ?? '';
  const authorityOf = ({ files }: Seen): X509Certificate =>
    new X509Certificate(files['/etc/smartstack/tls/ca.pem'] ?? '');

  it('makes what a host needs, keeps it as a secret, and changes nothing the next time', async () => {
    const first = await up();
    expect(first.told).to.deep.equal([
      'finished:create:tls/authority',
      'finished:create:one/certificate',
    ]);
    const certificate = new X509Certificate(hostFile(first));
    expect(certificate.verify(authorityOf(first).publicKey)).to.equal(true);
    expect(certificate.subjectAltName).to.equal(`DNS:${names[0]}`);
    expect(hostFile(first)).to.match(/^-----BEGIN PRIVATE KEY-----$/m);
    const again = await up();
    expect(again.told).to.deep.equal([]);
    expect(again.files).to.deep.equal(first.files);
  });

  it('renews the certificate with a third of its life left, and keeps the authority', async () => {
    const first = await up();
    expect((await up({ days: 59 })).told).to.deep.equal([]);
    const renewed = await up({ days: 60 });
    expect(renewed.told).to.deep.equal([
      'finished:replace:one/certificate',
      'finished:delete:one/certificate',
    ]);
    expect(renewed.issue).not.to.equal(first.issue);
    expect(authorityOf(renewed).fingerprint256).to.equal(authorityOf(first).fingerprint256);
    expect(hostFile(renewed)).not.to.equal(hostFile(first));
    expect((await up({ days: 60 })).told).to.deep.equal([]);
  });

  it('makes another certificate for a host that gets another service', async () => {
    const first = await up();
    const more = [...names, 'shop.services.test.smartstack'];
    const second = await up({ own: more });
    expect(second.told).to.deep.equal(['finished:update:one/certificate']);
    expect(new X509Certificate(hostFile(second)).subjectAltName).to.equal(
      'DNS:web.services.test.smartstack, DNS:shop.services.test.smartstack',
    );
    expect(authorityOf(second).fingerprint256).to.equal(authorityOf(first).fingerprint256);
  });

  it('gives way to another in three steps, each of which the hosts can take in any order', async () => {
    const trusted = ({ files }: Seen): readonly X509Certificate[] =>
      (files['/etc/smartstack/tls/ca.pem'] ?? '')
        .split(/(?<=-----END CERTIFICATE-----\n)/)
        .filter((pem) => pem.trim() !== '')
        .map((pem) => new X509Certificate(pem));
    const isSignedBy = (seen: Seen, authority: X509Certificate | undefined): boolean =>
      authority !== undefined && new X509Certificate(hostFile(seen)).verify(authority.publicKey);

    const first = await up();
    const both = await up({ authorities: [1, 2] });
    expect(both.told).to.deep.equal(['finished:create:tls/authority-2']);
    expect(hostFile(both)).to.equal(hostFile(first));
    const [one, two] = trusted(both);
    expect(one?.fingerprint256).to.equal(authorityOf(first).fingerprint256);
    // Of authorities with one name, ZooKeeper trusts but one.
    expect([one?.subject, two?.subject]).to.deep.equal([
      'CN=smartstack test',
      'CN=smartstack test-2',
    ]);

    const other = await up({ authorities: [2, 1] });
    expect(other.told).to.deep.equal([
      'finished:replace:one/certificate',
      'finished:delete:one/certificate',
    ]);
    expect(other.files['/etc/smartstack/tls/ca.pem']).to.equal(
      both.files['/etc/smartstack/tls/ca.pem'],
    );
    expect([isSignedBy(both, one), isSignedBy(other, two)]).to.deep.equal([true, true]);

    const alone = await up({ authorities: [2] });
    expect(alone.told).to.deep.equal(['finished:delete:tls/authority']);
    expect(hostFile(alone)).to.equal(hostFile(other));
    expect(trusted(alone).map(({ subject }) => subject)).to.deep.equal([two?.subject]);
    // Each of them has HAProxy read its files again.
    const issues = [first, both, other, alone].map(({ issue }) => issue);
    expect(new Set(issues)).to.have.lengthOf(4);
    expect((await up({ authorities: [2] })).told).to.deep.equal([]);
  });

  it('previews with nothing there, and shows no key of what is there', async () => {
    const seen: Seen = { files: {} };
    const before = await harness.run('preview', program(seen));
    expect(before.programErrors).to.deep.equal([]);
    expect(seen.files).to.deep.equal({});
    await up();
    const renewal = await harness.run('preview', program(seen, { days: 60 }));
    expect(renewal.told).to.include('planned:replace:one/certificate');
    expect(JSON.stringify(renewal.events)).not.to.include('PRIVATE KEY');
  });

  it('signs members by another authority, which no certificate of a host comes from', async () => {
    const files = new Map<string, string>();
    const run = await harness.run('up', async () => {
      const args = { environment: 'test', authorities: [1], now: new Date() };
      const hosts = new CertificateAuthority(args);
      const ensemble = new EnsembleAuthority(args);
      const written = [
        ...hosts.hostTls('one', []).files,
        ...ensemble.memberTls('zoo', hosts).files,
        ensemble.forClients,
      ];
      for (const { path, content } of written) {
        output(content).apply((text) => files.set(path, text));
      }
    });
    expect(run.programErrors).to.deep.equal([]);
    expect(JSON.stringify([run.events, harness.stateText()])).not.to.include('PRIVATE KEY');
    const pem = (path: string): string => files.get(path) ?? expect.fail(path);
    const certificate = (path: string) => new X509Certificate(pem(path));
    const members = certificate('/etc/zookeeper/tls/ensemble.pem');
    const hosts = certificate('/etc/smartstack/tls/ca.pem');
    const member = certificate('/etc/zookeeper/tls/member.pem');
    const host = certificate('/etc/smartstack/tls/host.pem');
    expect(members.subject).to.equal('CN=smartstack test-ensemble');
    expect(member.verify(members.publicKey)).to.equal(true);
    expect(host.verify(hosts.publicKey)).to.equal(true);
    expect(host.verify(members.publicKey)).to.equal(false);
    expect(member.verify(hosts.publicKey)).to.equal(false);
    expect(pem('/etc/smartstack/tls/ensemble.pem')).to.equal(
      pem('/etc/zookeeper/tls/ensemble.pem'),
    );
    expect(pem('/etc/zookeeper/tls/clients.pem')).to.equal(
      `${pem('/etc/zookeeper/tls/ensemble.pem')}${pem('/etc/smartstack/tls/ca.pem')}`,
    );
  });
});
