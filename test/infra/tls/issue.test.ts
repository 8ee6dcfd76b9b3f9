import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { issueCertificate, makeAuthority } from '../../../infra/tls/issue.ts';
import type { KeyAndCertificate } from '../../../infra/tls/key-and-certificate.ts';

const now = new Date('2026-11-22T12:00:00Z');

function read({ certificate }: KeyAndCertificate): X509Certificate {
  return new X509Certificate(certificate);
}

describe('makeAuthority', () => {
  it('signs itself, for ten years and for certificates alone', async () => {
    const made = await makeAuthority('production', now);
    const authority = read(made);
    expect(authority.ca).to.equal(true);
    expect(authority.subject).to.equal('CN=smartstack production');
    expect(authority.verify(authority.publicKey)).to.equal(true);
    expect(authority.checkPrivateKey(createPrivateKey(made.key))).to.equal(true);
    expect(new Date(authority.validFrom)).to.deep.equal(new Date('2026-11-22T11:00:00Z'));
    expect(new Date(authority.validTo)).to.deep.equal(new Date('2036-11-19T12:00:00Z'));
  });

  it('is another one each time', async () => {
    const [one, other] = [await makeAuthority('a', now), await makeAuthority('a', now)];
    expect(read(one).fingerprint256).not.to.equal(read(other).fingerprint256);
    expect(read(one).serialNumber).not.to.equal(read(other).serialNumber);
  });
});

describe('issueCertificate', () => {
  const names = ['web.services.test.smartstack', 'shop_2.services.test.smartstack'];
  let authority: KeyAndCertificate;

  before(async () => {
    authority = await makeAuthority('test', now);
  });

  it('is signed by the authority, for both ends of a connection, for 90 days', async () => {
    const made = await issueCertificate({ authority, host: 'web_1', names }, now);
    const certificate = read(made);
    expect(certificate.verify(read(authority).publicKey)).to.equal(true);
    expect(certificate.checkIssued(read(authority))).to.equal(true);
    expect(certificate.ca).to.equal(false);
    expect(certificate.checkPrivateKey(createPrivateKey(made.key))).to.equal(true);
    // serverAuth, clientAuth
    expect(certificate.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(new Date(certificate.validFrom)).to.deep.equal(new Date('2026-11-22T11:00:00Z'));
    expect(new Date(certificate.validTo)).to.deep.equal(new Date('2027-02-20T12:00:00Z'));
  });

  it('names the host, and each service that runs there', async () => {
    const certificate = read(await issueCertificate({ authority, host: 'web_1', names }, now));
    expect(certificate.subject).to.equal('CN=web_1');
    expect(certificate.subjectAltName).to.equal(names.map((name) => `DNS:${name}`).join(', '));
  });

  it('names no service for a host that only asks', async () => {
    const certificate = read(await issueCertificate({ authority, host: 'web_1', names: [] }, now));
    expect(certificate.subjectAltName).to.equal(undefined);
  });

  it('is not for another authority of the same name', async () => {
    const other = await makeAuthority('test', now);
    const certificate = read(await issueCertificate({ authority, host: 'web_1', names }, now));
    expect(certificate.verify(read(other).publicKey)).to.equal(false);
  });
});
