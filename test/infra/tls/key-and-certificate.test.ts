import { expect } from 'chai';
import { parseKeyAndCertificate } from '../../../infra/tls/key-and-certificate.ts';

describe('parseKeyAndCertificate', () => {
  it('reads what the program prints', () => {
    const pair = { certificate: 'a certificate', key: 'a key' };
    expect(parseKeyAndCertificate(JSON.stringify(pair))).to.deep.equal(pair);
  });

  for (const report of ['', 'pr1vate', '{"key":"pr1vate"}']) {
    it(`quotes nothing of ${report === '' ? 'nothing' : report}`, () => {
      expect(() => parseKeyAndCertificate(report))
        .to.throw('a key and its certificate are expected here')
        .with.property('message')
        .that.does.not.include('pr1vate');
    });
  }
});
