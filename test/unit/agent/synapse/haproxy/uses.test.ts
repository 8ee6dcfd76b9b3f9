import { expect } from 'chai';
import { createUses } from '../../../../../agent/synapse/haproxy/uses.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';

const heading = '# pxname,svname,qcur,scur,used_conn_cur,';

describe('uses', () => {
  it('asks once for all servers of a backend, however many leave together', async () => {
    const { asked, uses } = table({ a: 1, b: 0 });
    expect(await uses().of(server('a'))).to.equal('counted');
    const pass = uses();
    for (const name of ['a', 'b', 'gone']) await pass.of(server(name));
    expect(asked).to.deep.equal(['show stat 3 4 -1', 'show stat 3 4 -1']);
    await pass.of({ ...server('a'), backendId: 4 });
    expect(asked.at(-1)).to.equal('show stat 4 4 -1');
  });

  it('has a server rest after its last request: one may wait to leave it that counts nowhere', async () => {
    const { asked, clock, uses } = table({ a: 0 });
    expect(await uses().of(server('a'))).to.equal(2_000);
    await clock.advance(1_999);
    expect(await uses().of(server('a'))).to.equal(1);
    expect(asked).to.have.lengthOf(1);
    await clock.advance(1);
    expect(await uses().of(server('a'))).to.equal(0);
    expect(asked).to.have.lengthOf(2);
  });

  it('begins anew where there are requests after all', async () => {
    const loads = { a: 0 };
    const { clock, uses } = table(loads);
    expect(await uses().of(server('a'))).to.equal(2_000);
    await clock.advance(2_000);
    loads.a = 1;
    expect(await uses().of(server('a'))).to.equal('counted');
    loads.a = 0;
    expect(await uses().of(server('a'))).to.equal(2_000);
  });

  it('knows who is gone', async () => {
    expect(await table({}).uses().of(server('a'))).to.equal('gone');
  });
});

function server(name: string) {
  return { backend: 'web', backendId: 3, server: name };
}

/** `uses` is that of another pass each time. */
function table(loads: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  const clock = createFakeClock();
  const since = new Map<string, number>();
  const ask = async (command: string): Promise<string> => {
    asked.push(command);
    const rows = Object.entries(loads).map(([name, load]) => `web,${name},0,${load},0,`);
    return [heading, ...rows, '', ''].join('\n');
  };
  return { asked, clock, uses: () => createUses({ ask }, since, clock) };
}
