import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { makeAuthority } from '../../../infra/tls/issue.ts';
import { issueOf } from '../../../infra/tls/renewal.ts';

describe('issueOf', () => {
  const made = new Date('2026-11-22T12:00:00Z');
  const after = (days: number): Date => new Date(made.getTime() + days * 86_400_000);

  it('changes every 60 days from the first day of the authority on, and not in between', async () => {
    const { certificate } = await makeAuthority('test', made);
    const { fingerprint256 } = new X509Certificate(certificate);
    const short = fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase();
    const issues = [0, 1, 59.9, 60, 119.9, 120].map((days) => issueOf(certificate, after(days)));
    const numbers = [1, 1, 1, 2, 2, 3];
    expect(issues).to.deep.equal(numbers.map((number) => `${number} of ${short}`));
  });

  it('is another one for another authority', async () => {
    const [one, other] = [await makeAuthority('test', made), await makeAuthority('test', made)];
    expect(issueOf(one.certificate, made)).not.to.equal(issueOf(other.certificate, made));
  });
});
