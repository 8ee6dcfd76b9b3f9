import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { linkAbort } from '../../../../agent/lib/linked-abort.ts';

describe('linkAbort', () => {
  it('follows its parent, with its reason', () => {
    const parent = new AbortController();
    const linked = linkAbort(parent.signal);
    expect(linked.signal.aborted).to.equal(false);
    parent.abort('enough');
    expect(linked.signal.reason).to.equal('enough');
    expect(linkAbort(parent.signal).signal.reason).to.equal('enough');
  });

  it('aborts by itself and leaves nothing on its parent', () => {
    const parent = new AbortController();
    const linked = linkAbort(parent.signal);
    expect(getEventListeners(parent.signal, 'abort')).to.have.length(1);
    linked.abort();
    expect(linked.signal.aborted).to.equal(true);
    expect(parent.signal.aborted).to.equal(false);
    expect(getEventListeners(parent.signal, 'abort')).to.have.length(0);
  });

  it('needs no parent', () => {
    const linked = linkAbort();
    linked.abort();
    expect(linked.signal.aborted).to.equal(true);
  });
});
