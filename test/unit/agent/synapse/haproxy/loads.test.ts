import { expect } from 'chai';
import { createLoads } from '../../../../../agent/synapse/haproxy/loads.ts';

describe('loads', () => {
  it('asks once for all servers of a backend, however many leave together', async () => {
    const asked: string[] = [];
    const loads = createLoads({
      ask: async (command) => {
        asked.push(command);
        return '# pxname,svname,qcur,scur,used_conn_cur,\nweb,a,0,1,0,\nweb,b,0,0,0,\n\n';
      },
    });
    expect(await loads.of(3, 'a')).to.equal(1);
    expect(await loads.of(3, 'b')).to.equal(0);
    expect(await loads.of(3, 'gone')).to.equal(undefined);
    expect(asked).to.deep.equal(['show stat 3 4 -1']);
    await loads.of(4, 'a');
    expect(asked).to.deep.equal(['show stat 3 4 -1', 'show stat 4 4 -1']);
  });
});
