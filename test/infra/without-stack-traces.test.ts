import { expect } from 'chai';
import { withoutStackTraces } from '../../infra/without-stack-traces.ts';

describe('withoutStackTraces', () => {
  const frames = (error: Error): number => (error.stack ?? '').split('\n    at ').length - 1;

  it('keeps none while the work is done, and all again after it, failed or not', () => {
    expect(frames(withoutStackTraces(() => new Error('inside')))).to.equal(0);
    const fail = (): never => {
      throw new TypeError('failed');
    };
    expect(() => withoutStackTraces(fail)).to.throw(TypeError, 'failed');
    expect(frames(new Error('outside'))).to.be.greaterThan(0);
  });
});
