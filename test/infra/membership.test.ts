import { expect } from 'chai';
import { planMembership } from '../../infra/membership.ts';

const three = { zoo1: '192.0.2.1', zoo2: '192.0.2.2', zoo3: '192.0.2.3' };
const four = { zoo0: '192.0.2.4', ...three };

describe('planMembership', () => {
  it('lets the first members found the ensemble, and remembers them', () => {
    expect(planMembership(undefined, three)).to.deep.equal({
      next: { founders: three, members: ['zoo1', 'zoo2', 'zoo3'] },
      mayFound: true,
      changes: false,
      turnsTlsOn: false,
    });
  });

  it('plans the same again, whatever the order of the catalog', () => {
    const { zoo1, zoo2, zoo3 } = three;
    const { next } = planMembership(undefined, three);
    expect(planMembership(next, { zoo3, zoo1, zoo2 })).to.deep.equal({
      next,
      mayFound: true,
      changes: false,
      turnsTlsOn: false,
    });
  });

  it('puts whoever joins behind those who were there, and lets nobody found it again', () => {
    const { next } = planMembership(undefined, three);
    const grown = planMembership(next, four);
    expect(grown).to.deep.equal({
      next: { founders: three, members: ['zoo1', 'zoo2', 'zoo3', 'zoo0'] },
      mayFound: false,
      changes: true,
      turnsTlsOn: false,
    });
    expect(planMembership(grown.next, four)).to.deep.equal({ ...grown, changes: false });
  });

  it('forgets who left', () => {
    const { zoo2, zoo3 } = three;
    const { next } = planMembership(undefined, three);
    expect(planMembership(next, { zoo2, zoo3 })).to.deep.equal({
      next: { founders: three, members: ['zoo2', 'zoo3'] },
      mayFound: false,
      changes: true,
      turnsTlsOn: false,
    });
  });

  it('lets no member that moved found the ensemble again', () => {
    const { next } = planMembership(undefined, three);
    const moved = planMembership(next, { ...three, zoo2: '192.0.2.9' });
    expect(moved).to.include({ mayFound: false, changes: false });
  });
});
