import { expect } from 'chai';
import { ZookeeperEnsemble } from '../../../infra/components/zookeeper-ensemble.ts';
import { ZookeeperMember } from '../../../infra/components/zookeeper-member.ts';
import { zookeeperFiles } from '../../../infra/render/zookeeper.ts';
import { type RecordedResource, recordResources } from '../../support/pulumi-recorder.ts';
import { tutorialEnvironment, tutorialHosts } from '../../support/tutorial.ts';

describe('ZookeeperEnsemble', () => {
  let resources: ReadonlyMap<string, RecordedResource>;

  before(async () => {
    const environment = tutorialEnvironment();
    const hosts = tutorialHosts(environment.catalog).slice(0, 3);
    const zookeeper = { hash: '2ee', path: import.meta.filename };
    resources = await recordResources(() => {
      const members = hosts.map((host) => {
        const files = zookeeperFiles(environment, host.name);
        return new ZookeeperMember({ host, files, zookeeper, heapMb: 128 });
      });
      new ZookeeperEnsemble({ environment: 'tutorial', members });
    });
  });

  it('rolls a change one member at a time, whoever leads last (law 9)', () => {
    const order = [
      ...['zookeeper1', 'zookeeper2', 'zookeeper3'].map((host) => `${host}/roll-followers`),
      ...['zookeeper1', 'zookeeper2', 'zookeeper3'].map((host) => `${host}/roll-leader`),
    ];
    for (const [index, name] of order.entries()) {
      const before = order[index - 1];
      if (before !== undefined) expect(resources.get(name)?.dependsOn).to.deep.equal([before]);
    }
    expect(resources.get('zookeeper1/roll-followers')?.dependsOn).to.have.members([
      'zookeeper1/zookeeper.service',
      'zookeeper2/zookeeper.service',
      'zookeeper3/zookeeper.service',
    ]);
  });

  it('never restarts a member outside of the roll', () => {
    const restarts = [...resources.values()]
      .filter(({ inputs }) => String(inputs.create).includes('systemctl restart zookeeper'))
      .map(({ name }) => name.split('/')[1]);
    expect(new Set(restarts)).to.deep.equal(new Set(['roll-followers', 'roll-leader']));
  });

  it('waits for a whole quorum before and after each restart', () => {
    const script = String(resources.get('zookeeper2/roll-leader')?.inputs.create);
    const restart = script.indexOf('systemctl restart zookeeper');
    expect(script.lastIndexOf('wait_until_whole', restart)).to.be.above(
      script.indexOf('applied=/var/lib'),
    );
    expect(script.indexOf('wait_until_whole', restart)).to.be.above(restart);
    expect(script).to.include('192.0.2.11 192.0.2.12 192.0.2.13');
  });
});
