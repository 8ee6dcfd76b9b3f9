import { expect } from 'chai';
import { zookeeperFiles } from '../../../infra/render/zookeeper.ts';
import { tutorialEnvironment } from '../../support/tutorial.ts';

describe('zookeeperFiles', () => {
  const files = new Map(
    zookeeperFiles(tutorialEnvironment(), 'zookeeper2', true).map(({ path, content }) => [
      path,
      content,
    ]),
  );

  it('gives the member the id of the catalog', () => {
    expect(files.get('/etc/zookeeper/myid')).to.equal('12\n');
  });

  it('seeds all members, clients on every address', () => {
    expect(files.get('/etc/zookeeper/zoo.cfg.dynamic.seed')).to.equal(
      'server.11=192.0.2.11:2888:3888:participant;0.0.0.0:2181\n' +
        'server.12=192.0.2.12:2888:3888:participant;0.0.0.0:2181\n' +
        'server.13=192.0.2.13:2888:3888:participant;0.0.0.0:2181\n',
    );
  });

  it('seeds none that has a vote where an ensemble must not be founded again', () => {
    const seed = zookeeperFiles(tutorialEnvironment(), 'zookeeper2', false).find(({ path }) =>
      path.endsWith('.seed'),
    );
    expect(seed?.content).to.equal(
      'server.11=192.0.2.11:2888:3888:observer;0.0.0.0:2181\n' +
        'server.12=192.0.2.12:2888:3888:observer;0.0.0.0:2181\n' +
        'server.13=192.0.2.13:2888:3888:observer;0.0.0.0:2181\n',
    );
  });

  it('purges old snapshots, keeps data outside the package, limits four-letter words', () => {
    const lines = files.get('/etc/zookeeper/zoo.cfg')?.split('\n');
    expect(lines).to.include.members([
      'autopurge.snapRetainCount=3',
      'autopurge.purgeInterval=1',
      'dataDir=/var/lib/zookeeper/data',
      'dataLogDir=/var/lib/zookeeper/log',
      'standaloneEnabled=false',
      'reconfigEnabled=true',
      '4lw.commands.whitelist=conf,isro,mntr,ruok,srvr',
    ]);
  });

  it('shows its metrics to Prometheus, at a port of their own', () => {
    const lines = files.get('/etc/zookeeper/zoo.cfg')?.split('\n');
    expect(lines).to.include.members([
      'metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider',
      'metricsProvider.httpPort=7000',
      'admin.enableServer=false',
    ]);
  });

  it("leaves ZooKeeper's own part of the configuration to ZooKeeper", () => {
    const text = files.get('/etc/zookeeper/zoo.cfg');
    expect(text).to.not.match(/^(server\.|dynamicConfigFile)/m);
  });
});
