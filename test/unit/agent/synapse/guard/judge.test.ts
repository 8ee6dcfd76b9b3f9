import { expect } from 'chai';
import { judge } from '../../../../../agent/synapse/guard/judge.ts';
import type { ActualServer } from '../../../../../agent/synapse/haproxy/answers.ts';

function server(more: Partial<ActualServer>): ActualServer {
  return {
    backend: 'web',
    backendId: 3,
    name: 'a',
    id: 1,
    address: '10.0.0.1',
    port: 80,
    admin: 'ready',
    up: true,
    weight: 1,
    check: 'passing',
    initialWeight: 1,
    unfinished: false,
    ...more,
  };
}

describe('judge', () => {
  it('keeps what passes, what was not checked yet, and what is not there yet', () => {
    const kept = [server({}), server({ check: 'undecided', up: false }), undefined];
    expect(kept.map(judge)).to.deep.equal([undefined, undefined, undefined]);
  });

  it('lets go of what fails, and of what nobody checks', () => {
    expect(judge(server({ check: 'failing', up: false }))).to.equal('failing');
    expect(judge(server({ check: 'none' }))).to.equal('unchecked');
  });

  it('keeps what has failed once and is not down yet', () => {
    expect(judge(server({ check: 'failing' }))).to.equal(undefined);
  });

  it('says nothing of a server in maintenance, which is not checked', () => {
    expect(judge(server({ admin: 'maint', check: 'failing', up: false }))).to.equal(undefined);
  });
});
