import { expect } from 'chai';
import { faultsByName } from '../../../integration/drills/random/faults-by-name.ts';
import { schedule } from '../../../integration/drills/random/schedule.ts';

const cast = {
  sparable: ['web_1', 'web_2'],
  serviceHosts: ['web_1', 'web_2', 'web_3'],
  members: ['zk_1', 'zk_2', 'zk_3'],
};
const choices = [...faultsByName.values()];
const draw = (seed: number) => schedule(seed, 200, cast, choices);

describe('faults drawn by chance', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(draw(7)).to.deep.equal(draw(7));
    expect(draw(7)).to.not.deep.equal(draw(8));
  });

  it('take instances away on one host at a time', () => {
    for (const act of draw(1)) {
      const hosts = act
        .filter(({ fault }) => faultsByName.get(fault)?.victim === 'act-host')
        .map(({ host }) => host);
      expect(new Set(hosts).size).to.be.at.most(1);
      for (const host of hosts) expect(cast.sparable).to.include(host);
    }
  });

  it('never meet on the same daemon of the same host', () => {
    for (const act of draw(2)) {
      const victims = act.flatMap(({ fault, host }) => {
        const unit = faultsByName.get(fault)?.unit;
        return host === 'all' ? cast.members.map((one) => `${one}/${unit}`) : [`${host}/${unit}`];
      });
      expect(victims).to.have.length(new Set(victims).size);
    }
  });

  it('overlap, and each of them comes up', () => {
    const acts = draw(3);
    const drawn = new Set(acts.flat().map(({ fault }) => fault));
    expect([...drawn]).to.have.members([...faultsByName.keys()]);
    expect(acts.filter((act) => act.length > 1).length).to.be.greaterThan(acts.length / 2);
  });
});
