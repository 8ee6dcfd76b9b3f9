import { expect } from 'chai';
import { membershipProblems, planMembership } from '../../infra/membership.ts';

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

describe('TLS among members', () => {
  const { next: plain } = planMembership(undefined, three);
  const { next: on } = planMembership(plain, three, true);

  it('is remembered where a catalog has told of it', () => {
    expect(plain).not.to.have.property('tls');
    expect(on).to.have.property('tls', true);
    expect(planMembership(on, three, false).next).to.have.property('tls', false);
  });

  it('is turned on where an ensemble is there that went without', () => {
    expect(planMembership(undefined, three, true).turnsTlsOn).to.equal(false);
    expect(planMembership(plain, three, true).turnsTlsOn).to.equal(true);
    expect(planMembership(on, three, true).turnsTlsOn).to.equal(false);
    expect(planMembership(planMembership(on, three, false).next, three, true)).to.include({
      turnsTlsOn: true,
    });
  });

  it('does not change together with the members, nor go without a word', () => {
    const said = (...args: Parameters<typeof membershipProblems>): readonly string[] =>
      membershipProblems(...args).map(({ path, message }) => `${path}: ${message}`);
    const together = 'changes together with the members, who would not understand each other; put';
    expect(said(plain, four, true)).to.deep.equal([
      `ensemble.tls: ${together} false back, run up, then change it`,
    ]);
    expect(said(on, four, false)).to.deep.equal([
      `ensemble.tls: ${together} true back, run up, then change it`,
    ]);
    expect(said(on, three)).to.deep.equal([
      'ensemble.tls: is on; say tls: false to turn it off, and leave it out after that',
    ]);
    for (const fine of [
      said(undefined, four, true),
      said(on, four, true),
      said(on, three, false),
    ]) {
      expect(fine).to.deep.equal([]);
    }
    expect(said(planMembership(on, three, false).next, three)).to.deep.equal([]);
  });
});
