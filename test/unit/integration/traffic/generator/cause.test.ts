import { expect } from 'chai';
import { causeOf, causeOfStatus } from '../../../../integration/traffic/generator/cause.ts';

describe('causes of failed requests', () => {
  const withCode = (code: string): Error => Object.assign(new Error('some words'), { code });

  it('names errors of sockets', () => {
    const causes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EHOSTUNREACH', 'EMFILE'].map((code) =>
      causeOf(withCode(code)),
    );
    expect(causes).to.deep.equal(['refused', 'reset', 'reset', 'unreachable', 'error EMFILE']);
  });

  it('tells a connection that was ended from one that was reset', () => {
    const ended = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    expect(causeOf(ended)).to.equal('closed');
  });

  it('keeps the words of an error without a code', () => {
    expect(causeOf(new Error('some words'))).to.equal('error some words');
  });

  it('takes 200 alone for good', () => {
    expect([200, 204, 503, undefined].map(causeOfStatus)).to.deep.equal([
      '',
      'status 204',
      'status 503',
      'status missing',
    ]);
  });
});
