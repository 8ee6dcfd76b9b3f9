import { expect } from 'chai';
import fc from 'fast-check';
import { createHttpAnswer } from '../../../../../agent/nerve/checks/http-answer.ts';

describe('createHttpAnswer', () => {
  const ok = 'HTTP/1.1 200 OK\r\n';
  const whole: readonly (readonly [string, string, string, number])[] = [
    ['with a length', 'GET', `${ok}Content-Length: 3\r\n\r\nabc`, 200],
    ['without a reason', 'GET', 'HTTP/1.1 503 \r\ncontent-length: 0\r\n\r\n', 503],
    ['in chunks', 'GET', `${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`, 200],
    ['with trailers', 'GET', `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\nx: y\r\n\r\n`, 200],
    ['to HEAD', 'HEAD', `${ok}Content-Length: 3\r\n\r\n`, 200],
    ['that can have no body', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
    [
      'after an interim one',
      'GET',
      `HTTP/1.1 103 x\r\nlink: y\r\n\r\n${ok}content-length: 0\r\n\r\n`,
      200,
    ],
    ['of HTTP/1.0', 'GET', 'HTTP/1.0 404 Not Found\r\nContent-Length: 1\r\n\r\nx', 404],
  ];
  for (const [title, method, text, status] of whole) {
    it(`takes an answer ${title}, however it is cut into pieces, and ends with its last byte`, () => {
      fc.assert(
        fc.property(fc.array(fc.nat(text.length)), (cuts) => {
          const answer = createHttpAnswer(method);
          const places = [0, ...cuts.sort((a, b) => a - b), text.length - 1];
          for (const [index, start] of places.slice(0, -1).entries()) {
            answer.push(text.slice(start, Math.min(places[index + 1] ?? 0, text.length - 1)));
          }
          expect(answer.isComplete).to.equal(false);
          answer.push(text.slice(-1));
          expect(answer).to.deep.include({ status, isComplete: true });
        }),
      );
    });
  }

  it('takes what has no stated end to the end of the connection', () => {
    const answer = createHttpAnswer('GET');
    answer.push(`${ok}\r\nabc`);
    expect(answer).to.deep.include({ status: 200, isComplete: false, endsWithConnection: true });
  });

  it('does not take half a body for a whole one', () => {
    const answer = createHttpAnswer('GET');
    answer.push(`${ok}content-length: 3\r\n\r\nab`);
    expect(answer).to.deep.include({ isComplete: false, endsWithConnection: false });
  });

  for (const [title, text] of [
    ['of another protocol', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
    ['without a status', 'HTTP/1.1 OK\r\n\r\n'],
    ['whose head has no end', `${ok}${'x: y\r\n'.repeat(20_000)}`],
  ] as const) {
    it(`refuses an answer ${title}`, () => {
      expect(() => createHttpAnswer('GET').push(text)).to.throw('answer');
    });
  }

  it('never hangs on whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (pieces) => {
        const answer = createHttpAnswer('GET');
        try {
          for (const piece of [ok, ...pieces]) answer.push(piece);
        } catch (error) {
          expect(error).to.be.instanceOf(Error);
        }
      }),
    );
  });
});
